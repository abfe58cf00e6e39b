"""Deliveries as people see and steer them: lists, attempts, holding back, sending again."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, func, or_, select, update

from feedback_service.domain.alerting.deliveries import Attempt, Delivery
from feedback_service.storage.dispatch.outbox import COLUMNS, delivery_of
from feedback_service.storage.tables.outbox import attempts, deliveries

_ATTEMPT: Final = tuple(each.name for each in fields(Attempt))


def hold(connection: Connection, webhook_id: str, reason: str) -> int:
    """Keep a webhook's pending deliveries back; returns how many.

    What another transaction has its hands on is left out: the next claim puts it aside.
    """
    return _changed(
        connection,
        (deliveries.c.webhook_id == webhook_id, deliveries.c.status == "pending"),
        {"status": "held", "reason": reason},
    )


def release(connection: Connection, webhook_id: str, now: datetime) -> int:
    """Send a webhook's held deliveries after all; returns how many."""
    return _changed(
        connection,
        (deliveries.c.webhook_id == webhook_id, deliveries.c.status == "held"),
        {
            "status": "pending",
            "reason": None,
            "settled_at": None,
            "next_at": func.coalesce(deliveries.c.next_at, now),
        },
    )


def send_again(connection: Connection, project_id: int, delivery_id: str, now: datetime) -> int:
    """Queue a settled delivery once more, with its id and bytes; 0 when that cannot be."""
    ours = (deliveries.c.project_id == project_id, deliveries.c.id == delivery_id)
    return _again(connection, ours, now)


def send_all_again(
    connection: Connection, project_id: int, webhook_id: str, since: datetime, now: datetime
) -> int:
    """Queue what happened at `since` or later once more, same ids and bytes; returns how many."""
    ours = (
        deliveries.c.project_id == project_id,
        deliveries.c.webhook_id == webhook_id,
        deliveries.c.event_at >= since,
    )
    return _again(connection, ours, now)


def _again(connection: Connection, ours: tuple[Any, ...], now: datetime) -> int:
    # What was sent and has lost its bytes since would be sent with others: it stays. What never had
    # any, because its template makes none, still has its attempts.
    tried = exists().where(attempts.c.delivery_id == deliveries.c.id)
    sendable = or_(
        deliveries.c.status == "held",
        and_(deliveries.c.status.in_(["delivered", "failed"]), deliveries.c.body.is_not(None)),
        and_(deliveries.c.status == "failed", tried),
    )
    values = {"status": "pending", "reason": None, "attempts": 0, "next_at": now}
    return _changed(connection, (*ours, sendable), {**values, "settled_at": None})


def _changed(connection: Connection, which: tuple[Any, ...], values: dict[str, Any]) -> int:
    """Change rows that nobody else is changing, without waiting for any; returns how many."""
    free = select(deliveries.c.id).where(*which).with_for_update(skip_locked=True)
    found = connection.execute(update(deliveries).where(deliveries.c.id.in_(free)).values(values))
    return found.rowcount


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
            Attempt(
                row.number,
                row.started_at,
                row.elapsed_ms,
                row.status,
                row.error,
                row.reply,
                row.request,
            )
        )
    return found


def backlog(connection: Connection, now: datetime) -> tuple[int, float]:
    """Return how many deliveries wait, and for how long (s) the oldest due one has."""
    pending, oldest = connection.execute(
        select(func.count(), func.min(deliveries.c.next_at)).where(deliveries.c.status == "pending")
    ).one()
    late_s = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    return pending, late_s
