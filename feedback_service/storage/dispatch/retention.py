"""Forgets what deliveries said once it has served: bodies, requests and replies; the row stays.

The row is what keeps an alert from being raised twice for one answer.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, delete, or_, select, update

from feedback_service.storage.following_up.care import Care, delivery_days
from feedback_service.storage.tables.outbox import attempts, deliveries
from feedback_service.storage.tables.projects import projects

# What was given up may still be looked into, and sent again.
FAILED_KEPT_LONGER: Final = 3


def prune(connection: Connection, now: datetime, limit: int) -> int:
    """Empty up to `limit` deliveries older than their project keeps them; returns how many.

    What arrived or was called off is kept for the project's days, what failed three times as long,
    what is held or waits for ever.
    """
    chosen = delivery_days(connection)
    emptied = 0
    for project_id in connection.execute(select(projects.c.id)).scalars():
        days = timedelta(days=chosen.get(project_id, Care().delivery_days))
        emptied += _prune_project(connection, project_id, now - days, now, limit - emptied)
        if emptied == limit:
            break
    return emptied


def _prune_project(
    connection: Connection, project_id: int, before: datetime, now: datetime, limit: int
) -> int:
    long_before = now - FAILED_KEPT_LONGER * (now - before)
    picked = (
        select(deliveries.c.id)
        .where(
            deliveries.c.project_id == project_id,
            deliveries.c.body.is_not(None),
            deliveries.c.settled_at.is_not(None),
            deliveries.c.settled_at < before,
            or_(
                deliveries.c.status.in_(["delivered", "cancelled"]),
                and_(deliveries.c.status == "failed", deliveries.c.settled_at < long_before),
            ),
        )
        .order_by(deliveries.c.settled_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.execute(picked).scalars())
    if ids:
        connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(ids)))
        connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(body=None))
    return len(ids)
