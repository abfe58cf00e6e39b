"""Reads the comments of a period for counting words, the newest first and not without end."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, Text, cast, func, null, select

from feedback_service.storage.tables.responses import responses


@dataclass(slots=True)
class Comment:
    """at: None unless it was asked for: to read thousands of instants takes its time."""

    id: str
    version_id: int
    score: int
    comment: str
    locale: str | None
    tags: tuple[str, ...]
    at: datetime | None


def counted(  # a question has these parts
    connection: Connection,
    survey_ids: Collection[int],
    since: datetime,
    until: datetime,
    most: int,
    *,
    with_instants: bool,
) -> list[Comment]:
    """Return comments of answers that count and were scored from `since` until before `until`."""
    columns = (
        responses.c.id,
        responses.c.version_id,
        responses.c.score,
        responses.c.comment,
        responses.c.locale,
        cast(responses.c.tags, Text),
        responses.c.scored_at if with_instants else null(),
    )
    query = (
        select(*columns)
        .where(*_conditions(survey_ids, since, until))
        .order_by(responses.c.scored_at.desc(), responses.c.id.desc())
        .limit(most)
    )
    return [
        Comment(id_, version_id, score, comment, locale, _tags(tags), at)
        for id_, version_id, score, comment, locale, tags, at in connection.execute(query)
    ]


@lru_cache(maxsize=1_000)  # most comments have the same few tags
def _tags(document: str) -> tuple[str, ...]:
    return tuple(json.loads(document))


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
