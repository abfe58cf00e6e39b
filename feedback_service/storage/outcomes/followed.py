"""Follows people from their answer to what they did later, some thousand people at a time.

Each portion is a short read transaction: on SQLite a reader holds up writers. Whoever did nothing
is only counted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import CTE, ColumnElement, Connection, exists, func, select

from feedback_service.domain.measures.outcomes import COMES_BACK, LEAVES, Outcome
from feedback_service.storage.engine.database import Database
from feedback_service.storage.reports.counting import counted
from feedback_service.storage.tables.outcomes import outcomes
from feedback_service.storage.tables.responses import responses

PORTION: Final = 5_000


@dataclass(frozen=True, slots=True)
class Group:
    """How many people answered so. version_id: of the survey. had_left: as with Followed."""

    version_id: int
    band: str
    touchpoint: str | None
    had_left: bool
    people: int


@dataclass(frozen=True, slots=True)
class Followed:
    """One person: the first answer of the period, and all outcomes told of them since then.

    had_left: before they answered, and had not come back by then.
    """

    version_id: int
    band: str
    touchpoint: str | None
    had_left: bool
    answered_at: datetime
    outcomes: Sequence[Outcome]


@dataclass(frozen=True, slots=True)
class Portion:
    """groups: of everybody. active: those who did something."""

    groups: Sequence[Group]
    active: Sequence[Followed]


def people(
    database: Database, project_id: int, survey_id: int, start: datetime, end: datetime
) -> Iterator[Portion]:
    """Yield everybody who gave a survey an answer that counts, from start until before end.

    The first one and not the last: whether there is a later one depends on whether they stayed.
    Raises StorageUnavailable.
    """
    after: str | None = None
    while True:
        with database.read() as connection:
            last = _last_of_portion(connection, project_id, after)
            first = _first_answers(project_id, survey_id, (start, end), (after, last))
            found = _portion(connection, project_id, first)
        yield found
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


def _first_answers(
    project_id: int,
    survey_id: int,
    span: tuple[datetime, datetime],
    names: tuple[str | None, str | None],
) -> CTE:
    start, end = span
    after, last = names
    # In functions, so that no index of theirs is used: all of a survey would be read each time.
    of_survey = func.coalesce(responses.c.survey_id, 0) == survey_id
    scored_at = func.coalesce(responses.c.scored_at, start)
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
        of_survey,
        scored_at >= start,
        scored_at < end,
    )
    if after is not None:
        answers = answers.where(responses.c.respondent > after)
    if last is not None:
        answers = answers.where(responses.c.respondent <= last)
    return answers.cte("answered")


def _had_left(project_id: int, first: CTE) -> ColumnElement[bool]:
    left, back = outcomes.alias("left_before"), outcomes.alias("back_before")
    came_back = (
        exists()
        .where(
            back.c.project_id == project_id,
            back.c.respondent == left.c.respondent,
            back.c.kind.in_(COMES_BACK),
            back.c.at > left.c.at,
            back.c.at <= first.c.scored_at,
        )
        .correlate(left, first)
    )
    return (
        exists()
        .where(
            left.c.project_id == project_id,
            left.c.respondent == first.c.respondent,
            left.c.kind == LEAVES,
            left.c.at <= first.c.scored_at,
            ~came_back,
        )
        .correlate(first)
    )


def _portion(connection: Connection, project_id: int, first: CTE) -> Portion:
    """Read everybody and what they did in one go: to find the first answers is what takes time."""
    query = (
        select(
            first.c.respondent,
            first.c.version_id,
            first.c.band,
            first.c.touchpoint,
            _had_left(project_id, first),
            first.c.scored_at,
            outcomes.c.kind,
            outcomes.c.at,
            outcomes.c.value,
        )
        .join_from(
            first,
            outcomes,
            (outcomes.c.project_id == project_id)
            & (outcomes.c.respondent == first.c.respondent)
            & (outcomes.c.at > first.c.scored_at),
            isouter=True,
        )
        .where(first.c.place == 1)
        .order_by(first.c.respondent)
    )
    groups: Counter[tuple[int, str, str | None, bool]] = Counter()
    active: list[Followed] = []
    for respondent, rows in groupby(connection.execute(query), key=itemgetter(0)):
        _ref, version_id, band, touchpoint, had_left, scored_at, *done = next(rows)
        group = (version_id, band, touchpoint, bool(had_left))
        groups[group] += 1
        if done[0] is not None:
            deeds = [Outcome(respondent, *done), *(Outcome(respondent, *row[6:]) for row in rows)]
            active.append(Followed(*group, scored_at, deeds))
    return Portion([Group(*group, people) for group, people in groups.items()], active)
