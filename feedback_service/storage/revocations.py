"""What was withdrawn before its time: rows only for what is revoked."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage.tables.surveys import revocations

Scope = Literal["token", "campaign", "respondent"]


def add(connection: Connection, project_id: int, scope: Scope, value: str, now: datetime) -> None:
    """Withdraw; doing it twice is the same as once."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        build(revocations)
        .values(project_id=project_id, scope=scope, value=value, created_at=now)
        .on_conflict_do_nothing(index_elements=["project_id", "scope", "value"])
    )


def every(connection: Connection, project_id: int) -> frozenset[tuple[str, str]]:
    """Return (scope, value) of everything the project withdrew."""
    rows = connection.execute(
        select(revocations.c.scope, revocations.c.value).where(
            revocations.c.project_id == project_id
        )
    )
    return frozenset((row.scope, row.value) for row in rows)
