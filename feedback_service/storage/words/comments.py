"""Reads the comments of a period for counting words, the newest first and not without end."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from feedback_service.storage.tables.responses import responses


@dataclass(frozen=True, slots=True)
class Comment:
    at: datetime
    version_id: int
    score: int
    comment: str
    locale: str | None
    tags: tuple[str, ...]


def counted(
    connection: Connection,
    survey_ids: Collection[int],
    since: datetime,
    until: datetime,
    most: int,
) -> Iterator[Comment]:
    """Yield comments of answers that count and were scored from `since` until before `until`."""
    columns = (
        responses.c.scored_at,
        responses.c.version_id,
        responses.c.score,
        responses.c.comment,
        responses.c.locale,
        responses.c.tags,
    )
    query = (
        select(*columns)
        .where(*_conditions(survey_ids, since, until))
        .order_by(responses.c.scored_at.desc())
        .limit(most)
    )
    for row in connection.execute(query):
        yield Comment(
            row.scored_at, row.version_id, row.score, row.comment, row.locale, tuple(row.tags)
        )


def instants(connection: Connection, survey_ids: Collection[int]) -> list[tuple[int, datetime]]:
    """Return survey version and instant of every comment that counts, whenever it was."""
    query = select(responses.c.version_id, responses.c.scored_at).where(*_counting(survey_ids))
    return [(row.version_id, row.scored_at) for row in connection.execute(query)]


def how_many(
    connection: Connection, survey_ids: Collection[int], since: datetime, until: datetime
) -> int:
    """Return how many such comments there are."""
    query = select(func.count()).where(*_conditions(survey_ids, since, until))
    number: int = connection.execute(query).scalar_one()
    return number


def _conditions(
    survey_ids: Collection[int], since: datetime, until: datetime
) -> list[ColumnElement[bool]]:
    inside = [responses.c.scored_at >= since, responses.c.scored_at < until]
    return [*_counting(survey_ids), *inside]


def _counting(survey_ids: Collection[int]) -> list[ColumnElement[bool]]:
    return [
        responses.c.survey_id.in_(survey_ids),
        responses.c.score.is_not(None),
        responses.c.comment.is_not(None),
        responses.c.test.is_(False),
        responses.c.excluded.is_(None),
        responses.c.unconfirmed.is_(None),
    ]
