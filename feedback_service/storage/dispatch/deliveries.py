"""Deliveries as people see and steer them: lists, attempts, holding back, sending again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from feedback_service.domain.alerting.deliveries import Attempt, Delivery
from feedback_service.storage.dispatch.outbox import COLUMNS, delivery_of
from feedback_service.storage.tables.outbox import attempts, deliveries


def hold(connection: Connection, webhook_id: str, reason: str) -> int:
    """Keep a webhook's pending deliveries back; returns how many."""
    found = connection.execute(
        update(deliveries)
        .where(deliveries.c.webhook_id == webhook_id, deliveries.c.status == "pending")
        .values(status="held", reason=reason)
    )
    return found.rowcount


def release(connection: Connection, webhook_id: str, now: datetime) -> int:
    """Send a webhook's held deliveries after all; returns how many."""
    found = connection.execute(
        update(deliveries)
        .where(deliveries.c.webhook_id == webhook_id, deliveries.c.status == "held")
        .values(
            status="pending",
            reason=None,
            settled_at=None,
            next_at=func.coalesce(deliveries.c.next_at, now),
        )
    )
    return found.rowcount


def send_again(connection: Connection, project_id: int, ids: Iterable[str], now: datetime) -> int:
    """Queue settled deliveries once more, with their ids and bytes; returns how many."""
    found = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.project_id == project_id,
            deliveries.c.id.in_(list(ids)),
            deliveries.c.status.in_(["delivered", "failed", "held"]),
        )
        .values(status="pending", reason=None, attempts=0, next_at=now, settled_at=None)
    )
    return found.rowcount


def since(connection: Connection, project_id: int, webhook_id: str, start: datetime) -> list[str]:
    """Return the ids of a webhook's deliveries whose event happened at `start` or later."""
    rows = connection.execute(
        select(deliveries.c.id)
        .where(
            deliveries.c.project_id == project_id,
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.event_at >= start,
        )
        .order_by(deliveries.c.event_at)
    )
    return list(rows.scalars())


def find(connection: Connection, project_id: int, delivery_id: str) -> Delivery | None:
    row = connection.execute(
        select(*(deliveries.c[name] for name in COLUMNS)).where(
            deliveries.c.project_id == project_id, deliveries.c.id == delivery_id
        )
    ).first()
    return None if row is None else delivery_of(row)


def page(
    connection: Connection,
    project_id: int,
    *,
    webhook_id: str | None,
    status: str | None,
    before: str | None,
    limit: int,
) -> list[Delivery]:
    """Return deliveries, newest first; before: the last id of the page before."""
    query = select(*(deliveries.c[name] for name in COLUMNS)).where(
        deliveries.c.project_id == project_id
    )
    for column, value in ((deliveries.c.webhook_id, webhook_id), (deliveries.c.status, status)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(deliveries.c.id < before)
    rows = connection.execute(query.order_by(deliveries.c.id.desc()).limit(limit))
    return [delivery_of(row) for row in rows]


def attempts_of(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[Attempt]]:
    """Return delivery id -> its attempts in order; an id without attempts is left out."""
    rows = connection.execute(
        select(attempts).where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.id)
    )
    found: dict[str, list[Attempt]] = {}
    for row in rows:
        found.setdefault(row.delivery_id, []).append(
            Attempt(row.number, row.started_at, row.elapsed_ms, row.status, row.error, row.reply)
        )
    return found


def backlog(connection: Connection, now: datetime) -> tuple[int, float]:
    """Return how many deliveries wait, and for how long (s) the oldest due one has."""
    pending, oldest = connection.execute(
        select(func.count(), func.min(deliveries.c.next_at)).where(deliveries.c.status == "pending")
    ).one()
    late_s = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    return pending, late_s
