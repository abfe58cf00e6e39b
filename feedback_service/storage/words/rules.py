"""Tag rules: one row per project and tag."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.words.rules import TagRule
from feedback_service.storage.tables.tags import tag_rules, tag_sweeps

# Before everything: where a run over all comments begins.
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def every(connection: Connection, project_id: int) -> list[TagRule]:
    """Return a project's rules by the alphabet."""
    rows = connection.execute(
        select(tag_rules.c.tag, tag_rules.c.words).where(tag_rules.c.project_id == project_id)
    )
    # Sorted here: databases have alphabets of their own.
    return sorted((TagRule(row.tag, row.words) for row in rows), key=lambda rule: rule.tag)


def put(connection: Connection, project_id: int, rule: TagRule, now: datetime) -> None:
    """Write a rule over the one of the same tag."""
    values = {"words": {name: list(words) for name, words in rule.words.items()}}
    connection.execute(
        _insert(connection, tag_rules)
        .values(project_id=project_id, tag=rule.tag, updated_at=now, **values)
        .on_conflict_do_update(
            index_elements=["project_id", "tag"], set_={**values, "updated_at": now}
        )
    )


def remove(connection: Connection, project_id: int, tag: str) -> bool:
    """Delete a rule; False when there is none."""
    found = connection.execute(
        delete(tag_rules).where(tag_rules.c.project_id == project_id, tag_rules.c.tag == tag)
    )
    return found.rowcount == 1


def begin(connection: Connection, project_id: int, at: datetime, *, over: bool = False) -> None:
    """Say from which change on comments are tagged; over: also where that was said before."""
    statement = _insert(connection, tag_sweeps).values(
        project_id=project_id, position_at=at, position_id=""
    )
    if over:
        statement = statement.on_conflict_do_update(
            index_elements=["project_id"], set_={"position_at": at, "position_id": ""}
        )
    else:
        statement = statement.on_conflict_do_nothing()
    connection.execute(statement)


def _insert(connection: Connection, table: Any) -> Any:
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return build(table)
