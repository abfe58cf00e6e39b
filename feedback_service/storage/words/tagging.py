"""Applies tag rules to responses whose comments changed, beside capture, not in its way."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.words.tagged import Tagged, retagged
from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.tags import response_tags, tag_sweeps

# (updated_at, id): up to which change of a response.
Position = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Words:
    """A response's words with its tags. comment: None when it has none, or no longer."""

    id: str
    updated_at: datetime
    comment: str | None
    locale: str | None
    tagged: Tagged


# What finds tags: one answer for each of the words.
Finder = Callable[[Sequence[Words]], Sequence[Collection[str]]]

_COLUMNS: Final = (
    responses.c.id,
    responses.c.updated_at,
    responses.c.comment,
    responses.c.locale,
    responses.c.tags,
    response_tags.c.by_rule,
    response_tags.c.refused,
)
_SOURCE: Final = responses.outerjoin(response_tags, response_tags.c.response_id == responses.c.id)


def positions(connection: Connection) -> dict[int, Position]:
    """Return project number -> how far its comments have been tagged."""
    rows = connection.execute(select(tag_sweeps))
    return {row.project_id: (row.position_at, row.position_id) for row in rows}


def move_on(connection: Connection, project_id: int, before: Position, to: Position) -> None:
    """Remember how far it is; not when somebody has set another beginning meanwhile."""
    connection.execute(
        update(tag_sweeps)
        .where(
            tag_sweeps.c.project_id == project_id,
            tag_sweeps.c.position_at == before[0],
            tag_sweeps.c.position_id == before[1],
        )
        .values(position_at=to[0], position_id=to[1])
    )


def changed_words(
    connection: Connection, project_id: int, after: Position, limit: int
) -> list[Words]:
    """Return responses with words, or with tags from words, changed after a position; in order."""
    query = (
        select(*_COLUMNS)
        .select_from(_SOURCE)
        .where(
            responses.c.project_id == project_id,
            tuple_(responses.c.updated_at, responses.c.id) > tuple_(*after),
            # So that the index by time leads: alone, the comparison of pairs is none for SQLite.
            responses.c.updated_at >= after[0],
            or_(responses.c.comment.is_not(None), response_tags.c.response_id.is_not(None)),
        )
        .order_by(responses.c.updated_at, responses.c.id)
        .limit(limit)
    )
    return [_words(row) for row in connection.execute(query)]


def how_many(connection: Connection, project_id: int) -> int:
    """Return how many responses of a project have words."""
    query = select(func.count()).where(
        responses.c.project_id == project_id, responses.c.comment.is_not(None)
    )
    number: int = connection.execute(query).scalar_one()
    return number


def tag(database: Database, seen: Sequence[Words], find: Finder) -> int:
    """Give responses the tags that are found for their words; returns how many changed.

    Whose words changed since they were seen is left alone: it comes again.
    """
    with_words = [one for one in seen if one.comment is not None]
    answers = dict(zip((one.id for one in with_words), find(with_words), strict=True))
    found = {one.id: answers.get(one.id, ()) for one in seen}
    due = {one.id: one for one in seen if retagged(one.tagged, found[one.id]) != one.tagged}
    if not due:
        return 0
    changed = 0
    with database.write() as connection:
        locked = _locked(connection, due)
        now = clock.read(connection).at
        for words in locked:
            before = words.tagged
            after = retagged(before, found[words.id])
            if words.comment != due[words.id].comment or after == before:
                continue
            _keep(connection, words, after, now)
            changed += 1
    return changed


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Take tags by rule from responses whose words are erased: they repeat them."""
    query = (
        select(*_COLUMNS)
        .select_from(_SOURCE)
        .where(response_tags.c.response_id.in_(ids))
        .order_by(responses.c.token_id)
    )
    for row in connection.execute(query).all():
        own = [tag for tag in row.tags if tag not in row.by_rule]
        connection.execute(update(responses).where(responses.c.id == row.id).values(tags=own))
    connection.execute(delete(response_tags).where(response_tags.c.response_id.in_(ids)))


def _locked(connection: Connection, ids: Collection[str]) -> list[Words]:
    """Lock responses, then read them with their tags: what another tagger did meanwhile is seen."""
    # In the order in which answers lock them, so that neither waits for the other for ever.
    connection.execute(
        select(responses.c.id)
        .where(responses.c.id.in_(ids))
        .order_by(responses.c.token_id)
        .with_for_update(key_share=True)
    )
    query = select(*_COLUMNS).select_from(_SOURCE).where(responses.c.id.in_(ids))
    return [_words(row) for row in connection.execute(query)]


def _keep(connection: Connection, words: Words, after: Tagged, now: datetime) -> None:
    response_id = words.id
    if after.tags != words.tagged.tags:
        # Never back: who follows changes would miss the last one.
        at = max(now, words.updated_at)
        connection.execute(
            update(responses)
            .where(responses.c.id == response_id)
            .values(tags=list(after.tags), updated_at=at)
        )
    if not after.by_rule and not after.refused:
        connection.execute(delete(response_tags).where(response_tags.c.response_id == response_id))
        return
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = {"by_rule": list(after.by_rule), "refused": list(after.refused)}
    connection.execute(
        build(response_tags)
        .values(response_id=response_id, **values)
        .on_conflict_do_update(index_elements=["response_id"], set_=values)
    )


def _words(row: Any) -> Words:
    tagged = Tagged(tuple(row.tags), tuple(row.by_rule or ()), tuple(row.refused or ()))
    return Words(row.id, row.updated_at, row.comment, row.locale, tagged)
