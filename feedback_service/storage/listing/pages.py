"""Pages of responses: newest first, by words, by change."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, text

from feedback_service.domain.responses import Response
from feedback_service.storage.listing.criteria import Criteria, before, behind, conditions
from feedback_service.storage.listing.newest import few_ids, newest_ids
from feedback_service.storage.responses import COLUMNS, from_row
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys
from feedback_service.storage.words import search
from feedback_service.storage.words.small_index import with_words

# Responses of a person, a campaign or a tag that are looked at one by one, whatever else is asked.
_FEW: Final = 1_000
# Read at once, in order of change, where frequent words are soon met.
_AHEAD: Final = 500
# Comments looked at one by one before the index is asked.
_NEWEST: Final = 2_000
# For this transaction: with the usual 4 MB PostgreSQL remembers only the pages of some hundred
# thousand matches, and reads all comments on them again.
_ROOM: Final = text("SET LOCAL work_mem = '64MB'")


def page(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> list[tuple[str, Response]]:
    """Return (survey key, response) pairs.

    Newest first; with updated_since oldest change first, so that a reader can follow along.
    """
    return [(row.survey_key, from_row(row)) for row in _rows(connection, project_id, wanted, limit)]


def _rows(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> Sequence[Row[Any]]:
    """Let lead what leaves the fewest to look at."""
    words = search.words_of(wanted.words or "")  # without any, text is looked for as it is
    few = wanted.among
    if few is None and (words or wanted.updated_since is not None):
        few = few_ids(connection, project_id, wanted, _FEW)
    if few is not None:
        return _of_few(connection, project_id, wanted, limit, few)
    if wanted.updated_since is not None:
        return _by_change(connection, project_id, wanted, limit)
    if words:
        lead = _newest_matches if connection.dialect.name == "sqlite" else _newest_by_index
        return lead(connection, project_id, wanted, limit)
    if not wanted.respondent and (wanted.tag or not wanted.campaign):
        return _of_ids(connection, newest_ids(connection, project_id, wanted, limit))
    return _of_few(connection, project_id, wanted, limit)


def how_many_among(connection: Connection, wanted: Criteria) -> int:
    """Return how many responses a list of given ones has, on all its pages."""
    query = _among(connection, wanted, wanted.among or ())
    number: int = connection.execute(query.with_only_columns(func.count())).scalar_one()
    return number


def _of_ids(connection: Connection, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the rows of ids of the project, in their order.

    The project is not asked for again: SQLite would rather look through all that it has.
    """
    query = _selected().where(responses.c.id.in_(ids))
    found = {row.id: row for row in connection.execute(query)}
    return [found[one] for one in ids if one in found]


def _of_few(
    connection: Connection,
    project_id: int,
    wanted: Criteria,
    limit: int,
    ids: Sequence[str] | None = None,
) -> Sequence[Row[Any]]:
    """Look through these responses, or those of a person or a campaign, which have an index."""
    if ids is None:
        query = _fitting(connection, project_id, wanted)
    else:
        query = _among(connection, wanted, ids)
    query = _in_order(query, wanted, of_few=ids is not None)
    return connection.execute(query.limit(limit)).all()


def _among(connection: Connection, wanted: Criteria, ids: Collection[str]) -> Any:
    """Return the query of what fits among a few of the project; see `_of_ids`."""
    words = search.words_of(wanted.words or "")
    if words and connection.dialect.name == "sqlite":
        columns = (responses.c.id, responses.c.comment)
        said = connection.execute(select(*columns).where(responses.c.id.in_(ids)))
        ids = with_words((tuple(row) for row in said), search.sqlite_query(words))
        wanted = replace(wanted, words=None)
    is_sqlite = connection.dialect.name == "sqlite"
    return _selected().where(responses.c.id.in_(ids), *conditions(wanted, is_sqlite, of_few=True))


def _by_change(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> Sequence[Row[Any]]:
    if not search.is_frequent(connection, wanted.words or ""):
        query = _in_order(_fitting(connection, project_id, wanted), wanted)
        return connection.execute(query.limit(limit)).all()
    words = search.sqlite_query(search.words_of(wanted.words or ""))
    found: list[Row[Any]] = []
    ahead = replace(wanted, words=None)
    while len(found) < limit:
        query = _in_order(_fitting(connection, project_id, ahead), ahead)
        rows = connection.execute(query.limit(_AHEAD)).all()
        fitting = with_words(((row.id, row.comment) for row in rows), words)
        found += [row for row in rows if row.id in fitting]
        if len(rows) < _AHEAD:
            break
        ahead = replace(ahead, after=(rows[-1].updated_at, rows[-1].id))
    return found[:limit]


def _in_order(query: Any, wanted: Criteria, *, of_few: bool = False) -> Any:
    """Begin after the page before, in the order of the list."""
    columns, after = responses.c, wanted.after
    if wanted.updated_since is not None:
        query = query.where(columns.updated_at >= wanted.updated_since)
        query = query if after is None else query.where(behind(after))
        return query.order_by(columns.updated_at, columns.id)
    if wanted.is_by_day:
        query = query if after is None else query.where(before(after, of_few=of_few))
        return query.order_by(columns.scored_at.desc(), columns.id.desc())
    query = query if after is None else query.where(columns.id < after[1])
    return query.order_by(columns.id.desc())


def _newest_matches(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> Sequence[Row[Any]]:
    query = _fitting(connection, project_id, replace(wanted, words=None))
    words = search.words_of(wanted.words or "")
    query = search.newest_matches(query, words, wanted.after and wanted.after[1])
    return connection.execute(query.limit(limit)).all()


def _newest_by_index(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> Sequence[Row[Any]]:
    """Look among the newest comments, where frequent words are soon found; else ask the index.

    PostgreSQL's index hands all matches out, in no order, and its planner would rather look through
    all comments from the newest on: quick for frequent words, slow for rare ones.
    """
    mine = [responses.c.project_id == project_id]
    if wanted.after is not None:
        mine.append(responses.c.id < wanted.after[1])
    query = _fitting(connection, project_id, wanted).where(*mine)
    query = query.order_by(responses.c.id.desc()).limit(limit)
    newest = (
        select(responses.c.id)
        .where(*mine, responses.c.comment.is_not(None))
        .order_by(responses.c.id.desc())
        .limit(_NEWEST)
        .cte("newest")
        .prefix_with("MATERIALIZED")
    )
    found = connection.execute(query.where(responses.c.id.in_(select(newest.c.id)))).all()
    if len(found) == limit:
        return found
    connection.execute(_ROOM)
    matches = (
        select(responses.c.id)
        .join(surveys, surveys.c.id == responses.c.survey_id)
        .where(*mine, *conditions(wanted, is_sqlite=False))
        .cte("matches")
        .prefix_with("MATERIALIZED")
    )
    first = select(matches.c.id).order_by(matches.c.id.desc()).limit(limit)
    return connection.execute(query.where(responses.c.id.in_(first))).all()


def _fitting(connection: Connection, project_id: int, wanted: Criteria) -> Any:
    is_sqlite = connection.dialect.name == "sqlite"
    return _selected().where(responses.c.project_id == project_id, *conditions(wanted, is_sqlite))


def _selected() -> Any:
    columns = (responses.c[name] for name in COLUMNS)
    return select(surveys.c.key.label("survey_key"), *columns).join(
        surveys, surveys.c.id == responses.c.survey_id
    )
