"""Respondents, by the customer's own reference."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.respondents import Respondent
from feedback_service.storage.tables.responses import respondents


def find(connection: Connection, project_id: int, ref: str) -> Respondent | None:
    row = connection.execute(
        select(respondents).where(respondents.c.project_id == project_id, respondents.c.ref == ref)
    ).first()
    return None if row is None else _respondent(row)


def numbered(connection: Connection, project_id: int, row_id: int) -> Respondent | None:
    row = connection.execute(
        select(respondents).where(
            respondents.c.project_id == project_id, respondents.c.id == row_id
        )
    ).first()
    return None if row is None else _respondent(row)


def ensure(connection: Connection, project_id: int, ref: str, now: datetime) -> Respondent:
    """Return the person of that reference, adding a bare row when there is none."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        build(respondents)
        .values(project_id=project_id, ref=ref, traits={}, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["project_id", "ref"])
    )
    found = find(connection, project_id, ref)
    assert found is not None
    return found


def ensure_all(
    connection: Connection, project_id: int, refs: Sequence[str], now: datetime
) -> dict[str, int]:
    """Return reference -> row number, adding bare rows for whom there is none."""
    if not refs:
        return {}
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    bare = {"project_id": project_id, "traits": {}, "created_at": now, "updated_at": now}
    connection.execute(
        build(respondents).on_conflict_do_nothing(index_elements=["project_id", "ref"]),
        [{**bare, "ref": ref} for ref in sorted(set(refs))],
    )
    rows = connection.execute(
        select(respondents.c.ref, respondents.c.id).where(
            respondents.c.project_id == project_id, respondents.c.ref.in_(refs)
        )
    )
    return {row.ref: row.id for row in rows}


def put(
    connection: Connection,
    project_id: int,
    ref: str,
    changes: Mapping[str, Any],
    now: datetime,
) -> Respondent:
    """Create or change a person. changes: any of email, traits (merged over the old), locale."""
    existing = ensure(connection, project_id, ref, now)
    values: dict[str, Any] = {
        name: changes[name] for name in ("email", "locale") if name in changes
    }
    if "traits" in changes:
        values["traits"] = {**existing.traits, **changes["traits"]}
    if values:
        connection.execute(
            update(respondents)
            .where(respondents.c.id == existing.id)
            .values(**values, updated_at=now)
        )
    found = find(connection, project_id, ref)
    assert found is not None
    return found


def set_unsubscribed(
    connection: Connection, project_id: int, ref: str, now: datetime
) -> tuple[Respondent, bool]:
    """Unsubscribe a person; returns them and whether they were subscribed until now."""
    ensure(connection, project_id, ref, now)
    found = connection.execute(
        update(respondents)
        .where(
            respondents.c.project_id == project_id,
            respondents.c.ref == ref,
            respondents.c.unsubscribed_at.is_(None),
        )
        .values(unsubscribed_at=now, updated_at=now)
    )
    person = find(connection, project_id, ref)
    assert person is not None
    return person, found.rowcount == 1


def remove(connection: Connection, project_id: int, ref: str) -> bool:
    found = connection.execute(
        delete(respondents).where(respondents.c.project_id == project_id, respondents.c.ref == ref)
    )
    return found.rowcount == 1


def _respondent(row: Row[Any]) -> Respondent:
    return Respondent(
        id=row.id,
        project_id=row.project_id,
        ref=row.ref,
        email=row.email,
        traits=row.traits,
        locale=row.locale,
        unsubscribed_at=row.unsubscribed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
