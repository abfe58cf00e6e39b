"""Follows people from their answer to what they did later, some thousand people at a time.

Each portion is a short read transaction: on SQLite a reader holds up writers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from feedback_service.domain.measures.outcomes import Outcome
from feedback_service.storage.engine.database import Database
from feedback_service.storage.reports.counting import between, counted
from feedback_service.storage.tables.outcomes import outcomes
from feedback_service.storage.tables.responses import responses

PORTION: Final = 2_000


@dataclass(frozen=True, slots=True)
class Followed:
    """One person: the first answer of the period, and all outcomes told of them since it began."""

    version_id: int
    band: str
    touchpoint: str | None
    answered_at: datetime
    outcomes: Sequence[Outcome]


def people(
    database: Database, project_id: int, survey_id: int, start: datetime, end: datetime
) -> Iterator[Followed]:
    """Yield everybody who gave a survey an answer that counts, from start until before end.

    The first one and not the last: whether there is a later one depends on whether they stayed.

    Raises StorageUnavailable.
    """
    after: str | None = None
    while True:
        with database.read() as connection:
            last = _last_of_portion(connection, project_id, after)
            found = _portion(connection, project_id, survey_id, (start, end), (after, last))
        yield from found
        if last is None:
            return
        after = last


def _last_of_portion(connection: Connection, project_id: int, after: str | None) -> str | None:
    query = (
        select(responses.c.respondent)
        .where(responses.c.project_id == project_id, responses.c.respondent.is_not(None))
        .order_by(responses.c.respondent)
    )
    if after is not None:
        query = query.where(responses.c.respondent > after)
    return connection.execute(query.offset(PORTION - 1).limit(1)).scalar()


def _portion(
    connection: Connection,
    project_id: int,
    survey_id: int,
    span: tuple[datetime, datetime],
    names: tuple[str | None, str | None],
) -> list[Followed]:
    after, last = names
    answers = select(
        responses.c.respondent,
        responses.c.version_id,
        responses.c.band,
        responses.c.touchpoint,
        responses.c.scored_at,
        func.row_number()
        .over(
            partition_by=responses.c.respondent,
            order_by=(responses.c.scored_at, responses.c.id),
        )
        .label("place"),
    ).where(
        responses.c.project_id == project_id,
        responses.c.respondent.is_not(None),
        counted(),
        between(survey_id, *span),
    )
    done = select(outcomes.c.respondent, outcomes.c.kind, outcomes.c.at, outcomes.c.value).where(
        outcomes.c.project_id == project_id, outcomes.c.at > span[0]
    )
    if after is not None:
        answers = answers.where(responses.c.respondent > after)
        done = done.where(outcomes.c.respondent > after)
    if last is not None:
        answers = answers.where(responses.c.respondent <= last)
        done = done.where(outcomes.c.respondent <= last)
    placed = answers.subquery()
    by_person: dict[str, list[Outcome]] = {}
    for row in connection.execute(done):
        by_person.setdefault(row.respondent, []).append(Outcome(*row))
    return [
        Followed(row.version_id, row.band, row.touchpoint, row.scored_at, by_person.get(name, ()))
        for row in connection.execute(select(placed).where(placed.c.place == 1))
        for name in (row.respondent,)
    ]
