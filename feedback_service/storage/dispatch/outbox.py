"""The outbox: deliveries written with the answer, claimed under a lease, settled behind a fence.

A claim commits before anything is sent, and a settlement counts only while the claim's lease token
is still on the row: a crash can send twice, never lose, and a late worker changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    bindparam,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.alerting.deliveries import Attempt, Delivery, DeliveryStatus
from feedback_service.storage.engine import statements
from feedback_service.storage.tables.outbox import deliveries

# Every column but the lease's is a field of the same name.
COLUMNS: Final = tuple(c.name for c in deliveries.columns if not c.name.startswith("lease_"))
_VALUES: Final = attrgetter(*COLUMNS)
_INSTANTS_AT: Final = [i for i, name in enumerate(COLUMNS) if name.endswith("_at")]
_JSON_AT: Final = [COLUMNS.index("subject")]
# Of a ready row, the same as Delivery.order.
ROW_ORDER: Final = itemgetter(*(COLUMNS.index(n) for n in ("webhook_id", "response_id", "type")))

# Built once: building them costs more than running them.
_NOW: Final[Any] = bindparam("of_now", type_=deliveries.c.next_at.type)
_DUE: Final[tuple[Any, ...]] = (
    # Written out, so that the index of pending rows serves every plan of a prepared statement.
    deliveries.c.status == literal_column("'pending'"),
    deliveries.c.next_at <= _NOW,
    or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < _NOW),
)
_WAITING: Final = (
    select(deliveries.c.webhook_id)
    .where(*_DUE)
    .group_by(deliveries.c.webhook_id)
    .order_by(func.min(deliveries.c.next_at))
)
_PICKED: Final = (
    select(deliveries.c.id)
    .where(deliveries.c.webhook_id == bindparam("of_webhook"), *_DUE)
    .order_by(deliveries.c.next_at, deliveries.c.id)
    .limit(bindparam("of_limit", type_=Integer))
    .with_for_update(skip_locked=True)
)
# Picked before anything is updated: as a plain subquery PostgreSQL may run it once for each row,
# and each time pick others.
_CHOSEN: Final = _PICKED.cte("chosen").prefix_with("MATERIALIZED")
_CLAIM: Final = (
    update(deliveries)
    .where(deliveries.c.id.in_(select(_CHOSEN.c.id)))
    .values(
        lease_token=bindparam("new_token"),
        lease_until=bindparam("new_until"),
        attempts=deliveries.c.attempts + 1,
    )
    .returning(*(deliveries.c[name] for name in COLUMNS))
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a claimed delivery. next_at: of the next try, for pending ones.

    order: of its delivery, by which rows are changed.
    """

    delivery_id: str
    lease_token: str
    status: DeliveryStatus
    reason: str | None
    next_at: datetime | None
    attempt: Attempt | None
    now: datetime
    order: tuple[str, str, str] = ("", "", "")


def ready_upsert(dialects: statements.Dialects) -> str:
    """Return the SQL that queues a delivery; see `ready_row`.

    One row per webhook, response and type: raised again before its first attempt, it only gets
    its new due time; from the first attempt on nothing moves it.
    """
    build: Any = sqlite.insert if dialects.is_sqlite else postgresql.insert
    return dialects.compiled(_upsert(build(deliveries).values(dict.fromkeys(COLUMNS))), COLUMNS)


def queue(connection: Connection, about_responses: Iterable[Delivery]) -> None:
    """Queue deliveries that no answer raised just now; the same rows as by `ready_upsert`."""
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for delivery in sorted(about_responses, key=attrgetter("order")):
        values = {name: getattr(delivery, name) for name in COLUMNS}
        connection.execute(_upsert(build(deliveries).values(values)))


def _upsert(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["webhook_id", "response_id", "type"],
        set_={
            "status": statement.excluded.status,
            "next_at": statement.excluded.next_at,
            "reason": statement.excluded.reason,
            "settled_at": null(),
        },
        where=text(
            "deliveries.attempts = 0 AND deliveries.lease_token IS NULL "
            "AND deliveries.status IN ('pending', 'held', 'cancelled')"
        ),
    )


def ready_row(dialects: statements.Dialects, delivery: Delivery) -> statements.Row:
    """Return the parameters of `ready_upsert`."""
    return dialects.ready(_VALUES(delivery), _INSTANTS_AT, _JSON_AT)


def add(connection: Connection, delivery: Delivery) -> None:
    """Queue a delivery that is about no response."""
    connection.execute(
        insert(deliveries).values({name: getattr(delivery, name) for name in COLUMNS})
    )


def waiting_webhooks(connection: Connection, now: datetime) -> list[str]:
    """Return the webhooks with due deliveries, the longest waiting first."""
    return list(connection.execute(_WAITING, {"of_now": now}).scalars())


def claim(
    connection: Connection,
    *,
    webhook_id: str,
    limit: int,
    lease_token: str,
    lease_until: datetime,
    now: datetime,
) -> list[Delivery]:
    """Lease up to `limit` due deliveries of one webhook and count the attempt they begin.

    Counted before it is sent, so that a body which kills its sender is not retried for ever.
    Several dispatchers never claim the same row: SKIP LOCKED on PostgreSQL, one writer on SQLite.
    """
    rows = connection.execute(
        _CLAIM,
        {
            "of_webhook": webhook_id,
            "of_now": now,
            "of_limit": limit,
            "new_token": lease_token,
            "new_until": lease_until,
        },
    )
    return sorted((delivery_of(row) for row in rows), key=lambda delivery: delivery.event_at)


def delivery_of(row: Row[Any]) -> Delivery:
    """Return the domain value of a row that holds all of COLUMNS."""
    return Delivery(**{name: getattr(row, name) for name in COLUMNS})
