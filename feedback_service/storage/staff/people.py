"""Staff: who may log in."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.staff import Role, Staff, account_of
from feedback_service.storage.tables.staff import staff, staff_links, staff_sessions


def add(
    connection: Connection,
    name: str,
    role: Role,
    project_id: int | None,
    password: str | None,
    now: datetime,
) -> Staff | None:
    """Insert somebody; None when the name is taken, which the unique constraint decides."""
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = build(staff).values(
        name=name,
        account=account_of(name),
        role=role,
        project_id=project_id,
        password=password,
        created_at=now,
    )
    row = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["account"]).returning(staff)
    ).first()
    return None if row is None else from_row(row)


def named(connection: Connection, name: str) -> tuple[Staff, str | None] | None:
    """Return somebody and their encoded password."""
    row = connection.execute(select(staff).where(staff.c.account == account_of(name))).first()
    return None if row is None else (from_row(row), row.password)


def numbered(connection: Connection, staff_id: int) -> Staff | None:
    row = connection.execute(select(staff).where(staff.c.id == staff_id)).first()
    return None if row is None else from_row(row)


def every(connection: Connection, project_id: int | None = None) -> list[Staff]:
    """Return all staff by name, or those who see a project."""
    query = select(staff).order_by(staff.c.account)
    if project_id is not None:
        query = query.where(or_(staff.c.project_id.is_(None), staff.c.project_id == project_id))
    return [from_row(row) for row in connection.execute(query)]


def admins(connection: Connection) -> int:
    """Return how many can look after all projects."""
    query = select(func.count()).where(
        staff.c.role == "admin", staff.c.project_id.is_(None), staff.c.disabled_at.is_(None)
    )
    return int(connection.execute(query).scalar_one())


def change(connection: Connection, staff_id: int, **values: Any) -> None:
    """Write some columns: role, password, disabled_at."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))


def log_out(connection: Connection, staff_id: int) -> None:
    """End somebody's sessions everywhere and take their links back."""
    for table in (staff_sessions, staff_links):
        connection.execute(delete(table).where(table.c.staff_id == staff_id))


def from_row(row: Row[Any]) -> Staff:
    return Staff(
        id=row.id,
        name=row.name,
        role=row.role,
        project_id=row.project_id,
        has_password=row.password is not None,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
