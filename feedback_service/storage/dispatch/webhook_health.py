"""How webhooks fare: failing since when, how often, and how far their rate limit is used up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.alerting.pacing import allowance
from feedback_service.storage.tables.outbox import deliveries, webhook_health, webhooks

# Built once: it is asked at every claim.
_LIMITED: Final = select(webhooks.c.id, webhooks.c.rate_per_minute).where(
    webhooks.c.id.in_(bindparam("ids", expanding=True)), webhooks.c.rate_per_minute.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Health:
    """failing_since, failures: the run of attempts none of which succeeded, None and 0 without.

    disabled_at: when we gave it up; stays until it takes something again.
    """

    failing_since: datetime | None = None
    failures: int = 0
    succeeded_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """A rate limit and how far it is used up; see domain/alerting/pacing.py."""

    per_minute: int
    paced_until: datetime | None

    def room(self, wanted: int, now: datetime) -> int:
        """Return how many of `wanted` attempts may begin now."""
        return allowance(self.per_minute, self.paced_until, wanted, now)[0]


def of_webhooks(connection: Connection, ids: Collection[str]) -> Mapping[str, Health]:
    """Return webhook id -> how it fares, of those that were ever tried."""
    rows = connection.execute(
        select(webhook_health).where(webhook_health.c.webhook_id.in_(list(ids)))
    )
    return {row.webhook_id: _health(row) for row in rows}


def held(connection: Connection, ids: Collection[str]) -> Mapping[str, int]:
    """Return webhook id -> how many deliveries are held back."""
    rows = connection.execute(
        select(deliveries.c.webhook_id, func.count().label("held"))
        .where(deliveries.c.webhook_id.in_(list(ids)), deliveries.c.status == "held")
        .group_by(deliveries.c.webhook_id)
    )
    return {row.webhook_id: row.held for row in rows}


def troubled(connection: Connection) -> tuple[int, int]:
    """Return how many webhooks of all projects are disabled, and how many active ones fail."""
    failing = webhook_health.c.failing_since.is_not(None)
    query = (
        select(
            func.count().filter(webhooks.c.status == "disabled"),
            func.count().filter(webhooks.c.status == "active", failing),
        )
        .select_from(webhooks)
        .outerjoin(webhook_health, webhook_health.c.webhook_id == webhooks.c.id)
    )
    disabled, failing_ones = connection.execute(query).one()
    return disabled, failing_ones


def note_failures(
    connection: Connection, webhook_id: str, first_at: datetime, failures: int
) -> Health:
    """Add failed attempts to the run; returns how the webhook fares now."""
    statement: Any = _build(connection).values(
        webhook_id=webhook_id, failing_since=first_at, failures=failures
    )
    since = func.coalesce(webhook_health.c.failing_since, first_at)
    row = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["webhook_id"],
            set_={"failing_since": since, "failures": webhook_health.c.failures + failures},
        ).returning(webhook_health)
    ).one()
    return _health(row)


def note_success(connection: Connection, webhook_id: str, at: datetime) -> Health:
    """End the run of failures; returns how the webhook fared before."""
    row = connection.execute(
        select(webhook_health).where(webhook_health.c.webhook_id == webhook_id).with_for_update()
    ).first()
    values = {"failing_since": None, "failures": 0, "succeeded_at": at, "disabled_at": None}
    connection.execute(
        _build(connection)
        .values(webhook_id=webhook_id, **values)
        .on_conflict_do_update(index_elements=["webhook_id"], set_=values)
    )
    return Health() if row is None else _health(row)


def note_disabled(connection: Connection, webhook_id: str, at: datetime) -> None:
    connection.execute(
        update(webhook_health)
        .where(webhook_health.c.webhook_id == webhook_id)
        .values(disabled_at=at)
    )


def forgive(connection: Connection, webhook_id: str) -> None:
    """Begin a new run: somebody enabled the webhook again."""
    connection.execute(
        update(webhook_health)
        .where(webhook_health.c.webhook_id == webhook_id)
        .values(failing_since=None, failures=0)
    )


def paces(connection: Connection, ids: Collection[str]) -> Mapping[str, Pace]:
    """Return webhook id -> its pace, of those with a rate limit.

    Their rows stay locked until the transaction ends: dispatchers share one limit.
    """
    found = connection.execute(_LIMITED, {"ids": list(ids)})
    limits = {row.id: row.rate_per_minute for row in found}
    if not limits:
        return {}
    insert = _build(connection).on_conflict_do_nothing(index_elements=["webhook_id"])
    connection.execute(
        insert, [{"webhook_id": webhook_id, "failures": 0} for webhook_id in sorted(limits)]
    )
    rows = connection.execute(
        select(webhook_health.c.webhook_id, webhook_health.c.paced_until)
        .where(webhook_health.c.webhook_id.in_(list(limits)))
        .order_by(webhook_health.c.webhook_id)
        .with_for_update()
    )
    return {row.webhook_id: Pace(limits[row.webhook_id], row.paced_until) for row in rows}


def spend(connection: Connection, webhook_id: str, pace: Pace, begun: int, now: datetime) -> None:
    """Count attempts that begin now against the rate limit; the row must be locked by `paces`."""
    _, until = allowance(pace.per_minute, pace.paced_until, begun, now)
    connection.execute(
        update(webhook_health)
        .where(webhook_health.c.webhook_id == webhook_id)
        .values(paced_until=until)
    )


def _build(connection: Connection) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(webhook_health)


def _health(row: Row[Any]) -> Health:
    return Health(row.failing_since, row.failures, row.succeeded_at, row.disabled_at)
