"""Low answers on their way to a case: found by a look at what changed, kept until they settle.

Nothing of this is written with the answer, so that capture costs the same with and without cases.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.measures.scales import BANDS
from feedback_service.domain.responses import Response
from feedback_service.storage.responses import COLUMNS, from_row
from feedback_service.storage.tables.cases import case_candidates, cases, sweeps
from feedback_service.storage.tables.projects import projects
from feedback_service.storage.tables.responses import responses

_TOO_OLD: Final = timedelta(days=30)
LOW_ANSWERS: Final = "low_answers"
_LOW: Final = [bands[0] for bands in BANDS.values()]


@dataclass(frozen=True, slots=True)
class Candidate:
    """due_at: when its case opens, if it is still low then. seen_at: the response's last change."""

    response_id: str
    seen_at: datetime
    due_at: datetime


def position(connection: Connection) -> datetime:
    """Return up to where the low answers have been looked for."""
    at: datetime = connection.execute(
        select(sweeps.c.position).where(sweeps.c.name == LOW_ANSWERS)
    ).scalar_one()
    return at


def move_on(connection: Connection, to: datetime) -> None:
    """Remember how far the look has come; never back."""
    connection.execute(
        update(sweeps)
        .where(sweeps.c.name == LOW_ANSWERS, sweeps.c.position < to)
        .values(position=to)
    )


def low_answers(connection: Connection, since: datetime, limit: int) -> list[Response]:
    """Return low answers changed at `since` or later that are no case and no candidate yet.

    Oldest change first. A candidate whose answer has changed is returned again.
    """
    # By project, because that is how the index on the time of change begins.
    query = (
        select(*(responses.c[name] for name in COLUMNS))
        .join_from(projects, responses, responses.c.project_id == projects.c.id)
        .where(
            responses.c.updated_at >= since,
            responses.c.band.in_(_LOW),
            responses.c.test.is_(False),
            responses.c.saves > 0,  # imported answers have none: they are old
            # Old answers change, too, when they are tagged: that is no reason to call.
            responses.c.scored_at >= since - _TOO_OLD,
            ~exists().where(cases.c.response_id == responses.c.id),
            ~exists().where(
                case_candidates.c.response_id == responses.c.id,
                case_candidates.c.seen_at >= responses.c.updated_at,
            ),
        )
        .order_by(responses.c.updated_at)
        .limit(limit)
    )
    return [from_row(row) for row in connection.execute(query)]


def keep(connection: Connection, candidates: Iterable[Candidate]) -> None:
    """Remember candidates until they are due; a changed answer moves its due time."""
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = [
        {"response_id": one.response_id, "seen_at": one.seen_at, "due_at": one.due_at}
        for one in sorted(candidates, key=lambda candidate: candidate.response_id)
    ]
    if values:
        statement = build(case_candidates)
        changed = {name: statement.excluded[name] for name in ("seen_at", "due_at")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["response_id"], set_=changed), values
        )


def are_due(connection: Connection, now: datetime) -> bool:
    """Tell whether a candidate is due; reads only."""
    query = select(case_candidates.c.response_id).where(case_candidates.c.due_at <= now)
    return connection.execute(query.limit(1)).first() is not None


def take_due(connection: Connection, now: datetime, limit: int) -> list[Response]:
    """Take due candidates out and return their answers as they now stand, and stay.

    Two dispatchers never take the same: rows the other holds are skipped (PostgreSQL).
    """
    picked = (
        select(case_candidates.c.response_id)
        .where(case_candidates.c.due_at <= now)
        .order_by(case_candidates.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids: Collection[str] = connection.execute(picked).scalars().all()
    if not ids:
        return []
    connection.execute(delete(case_candidates).where(case_candidates.c.response_id.in_(ids)))
    # A case's foreign key locks its response anyway: here in the order that saves.py locks them,
    # so that an answer and its case never wait for each other.
    rows = connection.execute(
        select(*(responses.c[name] for name in COLUMNS))
        .where(responses.c.id.in_(ids))
        .order_by(responses.c.token_id)
        .with_for_update(read=True, key_share=True)
    )
    return [from_row(row) for row in rows]
