"""The audit log: who did what, when. Lines are added and never changed."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, or_, select

from feedback_service.domain.staff import Deed
from feedback_service.storage.tables.staff import staff_deeds


def add(connection: Connection, deed: Deed) -> None:
    connection.execute(insert(staff_deeds).values(asdict(deed)))


def page(
    connection: Connection,
    project_id: int,
    limit: int,
    before: int | None = None,
    *,
    with_logins: bool = False,
) -> list[tuple[int, Deed]]:
    """Return (row number, line) pairs, newest first; before: the last number of the page before.

    with_logins: also what belongs to no project.
    """
    ours = staff_deeds.c.project_id == project_id
    if with_logins:
        ours = or_(ours, staff_deeds.c.project_id.is_(None))
    query = select(staff_deeds).where(ours)
    if before is not None:
        query = query.where(staff_deeds.c.id < before)
    rows = connection.execute(query.order_by(staff_deeds.c.id.desc()).limit(limit))
    return [
        (row.id, Deed(row.at, row.actor, row.action, row.subject, row.project_id)) for row in rows
    ]
