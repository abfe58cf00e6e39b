"""Counts answers in the rows themselves: which of them count, and what tells them apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, null, select

from feedback_service.storage.tables.responses import responses

# A segment is a value of one of these, or of a trait. "" is everybody.
EVERYBODY: Final = ""
COLUMNS: Final = ("channel", "touchpoint", "journey_stage", "campaign", "locale")
TRAIT: Final = "trait:"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_ .-]+")

# How many gave each score, by score: every scale begins at 0 or above and ends at 10 at most.
Scores = list[int]
MOST_SCORES: Final = 11


@dataclass(frozen=True, slots=True)
class DayCount:
    """The answers of one day, or period, to one survey version that share a value.

    day: the day, or the first one of the period.
    value: of the dimension asked for; None for those without one.
    scores: index is the score. At most 11, and there may be fewer.
    """

    day: date
    survey_id: int
    version_id: int
    value: str | None
    scores: Sequence[int]


def added(scores: Sequence[Sequence[int]]) -> Scores:
    """Add scores up, one by one.

    >>> added([[0, 1], [2, 0, 3], []])
    [2, 1, 3]
    """
    if len(scores) == 1:
        return list(scores[0])
    return [sum(people) for people in zip_longest(*scores, fillvalue=0)]


def counted() -> ColumnElement[bool]:
    """Return the condition of an answer that counts: the one place that says so.

    See DENOMINATOR in domain/surveys.py.
    """
    return and_(
        responses.c.score.is_not(None),
        responses.c.scored_at.is_not(None),
        responses.c.test.is_(False),
        responses.c.excluded.is_(None),
        responses.c.unconfirmed.is_(None),
    )


def count_rows(
    connection: Connection, survey_id: int, dimension: str, start: datetime, end: datetime
) -> list[tuple[int, str | None, Scores]]:
    """Return (version_id, value, scores) of the answers scored from start until before end."""
    value = _value_of(dimension, connection.dialect.name == "sqlite")
    # Valued first, then grouped: PostgreSQL takes an expression with a parameter, written twice,
    # for two.
    valued = (
        select(responses.c.version_id, responses.c.score, value.label("value"))
        .where(counted(), between(survey_id, start, end))
        .subquery()
    )
    rows = connection.execute(
        select(valued.c.version_id, valued.c.score, valued.c.value, func.count()).group_by(
            valued.c.version_id, valued.c.score, valued.c.value
        )
    )
    found: dict[tuple[int, str | None], Scores] = {}
    for version_id, score, shared, people in rows:
        found.setdefault((version_id, shared), [0] * MOST_SCORES)[score] += people
    return [(version_id, shared, scores) for (version_id, shared), scores in found.items()]


def first_after(
    connection: Connection, survey_id: int, start: datetime, end: datetime
) -> datetime | None:
    """Return when the first answer from start until before end was scored, counted or not."""
    asked = {"survey": survey_id, "start": start, "end": end}
    at: datetime | None = connection.execute(_FIRST, asked).scalar_one()
    return at


# Built once: it is asked of every survey and day.
_FIRST: Final = select(func.min(responses.c.scored_at)).where(
    responses.c.survey_id == bindparam("survey"),
    responses.c.scored_at >= bindparam("start"),
    responses.c.scored_at < bindparam("end"),
)


def between(survey_id: int, start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(
        responses.c.survey_id == survey_id,
        responses.c.scored_at >= start,
        responses.c.scored_at < end,
    )


def _value_of(dimension: str, is_sqlite: bool) -> ColumnElement[Any]:
    value: ColumnElement[Any]
    if dimension == EVERYBODY:
        return null()
    if dimension in COLUMNS:
        value = responses.c[dimension]
        return value
    if not dimension.startswith(TRAIT):
        raise ValueError(f"there is no dimension {dimension!r}")
    name = dimension.removeprefix(TRAIT)
    if not is_sqlite:
        value = responses.c.traits[name].as_string()
    elif _PLAIN.fullmatch(name):
        value = func.json_extract(responses.c.traits, f'$."{name}"')
    else:
        # A path cannot hold a quote, and SQLite compares it with the name as JSON writes it.
        each = func.json_each(responses.c.traits).table_valued("key", "value")
        value = select(each.c.value).where(each.c.key == name).scalar_subquery()
    return value
