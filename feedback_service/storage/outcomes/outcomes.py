"""Outcomes, by person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.measures.outcomes import Outcome
from feedback_service.storage.engine.columns import UtcDateTime
from feedback_service.storage.tables.outcomes import outcomes


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of outcomes that were told."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is known of one kind: how many outcomes, and from when to when."""

    count: int
    first: datetime
    last: datetime


def put(connection: Connection, project_id: int, told: Sequence[Outcome], now: datetime) -> Kept:
    """Write outcomes. The same person, kind and time again: its value is written over.

    told: no two of one person, kind and time. Two callers racing: the unique constraint makes one
    of them change what the other added.
    """
    keys = [(one.respondent, one.kind, one.at) for one in told]
    there = _values(connection, project_id, keys)
    new = [one for one in told if (one.respondent, one.kind, one.at) not in there]
    changed = [
        one for one, key in zip(told, keys, strict=True) if key in there and there[key] != one.value
    ]
    if new:
        build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = build(outcomes)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["project_id", "respondent", "kind", "at"],
                set_={"value": statement.excluded.value},
            ),
            [
                {
                    "project_id": project_id,
                    "respondent": one.respondent,
                    "kind": one.kind,
                    "at": one.at,
                    "value": one.value,
                    "created_at": now,
                }
                for one in sorted(new, key=lambda one: (one.respondent, one.kind, one.at))
            ],
        )
    for one in changed:
        connection.execute(
            update(outcomes)
            .where(
                outcomes.c.project_id == project_id,
                outcomes.c.respondent == one.respondent,
                outcomes.c.kind == one.kind,
                outcomes.c.at == one.at,
            )
            .values(value=one.value)
        )
    return Kept(len(new), len(changed), len(told) - len(new) - len(changed))


def of_person(connection: Connection, project_id: int, respondent: str) -> list[Outcome]:
    """Return a person's outcomes, oldest first."""
    rows = connection.execute(
        select(outcomes.c.respondent, outcomes.c.kind, outcomes.c.at, outcomes.c.value)
        .where(outcomes.c.project_id == project_id, outcomes.c.respondent == respondent)
        .order_by(outcomes.c.at, outcomes.c.kind)
    )
    return [Outcome(*row) for row in rows]


def told(connection: Connection, project_id: int) -> dict[str, Told]:
    """Return kind -> how much is known of it, of everybody."""
    rows = connection.execute(
        select(
            outcomes.c.kind,
            func.count(),
            func.min(outcomes.c.at, type_=UtcDateTime),
            func.max(outcomes.c.at, type_=UtcDateTime),
        )
        .where(outcomes.c.project_id == project_id)
        .group_by(outcomes.c.kind)
    )
    return {kind: Told(*span) for kind, *span in rows}


def forget(connection: Connection, project_id: int, respondent: str) -> int:
    """Erase a person's outcomes; returns how many there were."""
    return connection.execute(
        delete(outcomes).where(
            outcomes.c.project_id == project_id, outcomes.c.respondent == respondent
        )
    ).rowcount


def _values(
    connection: Connection, project_id: int, keys: Sequence[tuple[str, str, datetime]]
) -> dict[tuple[str, str, datetime], float | None]:
    people = {respondent for respondent, _kind, _at in keys}
    rows = connection.execute(
        select(outcomes.c.respondent, outcomes.c.kind, outcomes.c.at, outcomes.c.value).where(
            outcomes.c.project_id == project_id, outcomes.c.respondent.in_(people)
        )
    )
    wanted = set(keys)
    return {
        (row.respondent, row.kind, row.at): row.value
        for row in rows
        if (row.respondent, row.kind, row.at) in wanted
    }
