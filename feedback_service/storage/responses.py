"""Responses: one row per token."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from feedback_service.domain.responses import Response
from feedback_service.storage.engine import statements
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import survey_versions, surveys
from feedback_service.storage.words import search

# Every column is a field of the same name.
COLUMNS: Final = tuple(column.name for column in responses.columns)
# Comments looked at one by one before the index is asked.
_NEWEST: Final = 2_000
_JSON: Final = {"traits", "answers", "tags"}
_VALUES: Final = attrgetter(*COLUMNS)
_INSTANTS_AT: Final = [i for i, name in enumerate(COLUMNS) if name.endswith("_at")]
_JSON_AT: Final = [i for i, name in enumerate(COLUMNS) if name in _JSON]

# (updated_at, id): where in the order of changes a response stands.
Position = tuple[datetime | None, str]


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which responses a list shows; None lets everything through.

    after: (updated_at, id) of the last response of the page before, when updated_since is set;
    else its id alone counts. without_versions: survey versions whose answers are left out.
    """

    survey: str | None = None
    band: str | None = None
    touchpoint: str | None = None
    channel: str | None = None
    campaign: str | None = None
    respondent: str | None = None
    words: str | None = None
    tag: str | None = None
    unconfirmed: bool | None = None
    without_versions: frozenset[int] = frozenset()
    since: datetime | None = None
    updated_since: datetime | None = None
    after: Position | None = None


def ready_insert(dialects: statements.Dialects) -> str:
    """Return the SQL that inserts a row unless its token has one; see `ready_row`.

    Two saves racing for one token: the unique constraint lets exactly one insert.
    """
    build = sqlite.insert if dialects.is_sqlite else postgresql.insert
    statement: ClauseElement = (
        build(responses)
        .values(dict.fromkeys(COLUMNS))
        .on_conflict_do_nothing(index_elements=["project_id", "token_id"])
    )
    return dialects.compiled(statement, COLUMNS)


def ready_presence(dialects: statements.Dialects) -> str:
    """Return the SQL that tells whether there is a response of this id."""
    return dialects.compiled(
        select(responses.c.id).where(responses.c.id == bindparam("id")), ["id"]
    )


def ready_row(dialects: statements.Dialects, response: Response) -> statements.Row:
    """Return the parameters of `ready_insert`."""
    return dialects.ready(_VALUES(response), _INSTANTS_AT, _JSON_AT)


def add(connection: Connection, response: Response) -> None:
    """Insert a response of which the caller knows that it is new."""
    connection.execute(insert(responses).values(_values(response)))


def add_many(connection: Connection, many: Sequence[Response]) -> None:
    """Insert responses of which the caller knows that they are new, as fast as can be."""
    if many:
        connection.execute(insert(responses), [_values(one) for one in many])


def of_token(
    connection: Connection, project_id: int, token_id: str, *, locked: bool = False
) -> Response | None:
    """Return the token's response; locked: until the transaction ends (PostgreSQL)."""
    query = select(*_selected()).where(
        responses.c.project_id == project_id, responses.c.token_id == token_id
    )
    if locked:
        # key_share: PostgreSQL checks foreign keys to it again as deliveries are claimed.
        query = query.with_for_update(key_share=True)
    row = connection.execute(query).first()
    return None if row is None else from_row(row)


def find(
    connection: Connection, project_id: int, response_id: str, *, locked: bool = False
) -> Response | None:
    """Return a project's response; locked: until the transaction ends (PostgreSQL)."""
    query = select(*_selected()).where(
        responses.c.project_id == project_id, responses.c.id == response_id
    )
    if locked:
        # key_share: PostgreSQL checks foreign keys to it again as deliveries are claimed.
        query = query.with_for_update(key_share=True)
    row = connection.execute(query).first()
    return None if row is None else from_row(row)


def save(connection: Connection, response: Response) -> None:
    """Write a changed response over its row."""
    values = _values(response)
    del values["id"]
    connection.execute(update(responses).where(responses.c.id == response.id).values(values))


def page(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> list[tuple[str, Response]]:
    """Return (survey key, response) pairs.

    Newest first; with updated_since oldest change first, so that a reader can follow along.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    words = search.words_of(wanted.words or "")
    by_words = is_sqlite and bool(words) and wanted.updated_since is None
    filters = replace(wanted, words=None) if by_words else wanted
    query = (
        select(surveys.c.key.label("survey_key"), *_selected())
        .join(surveys, surveys.c.id == responses.c.survey_id)
        .where(responses.c.project_id == project_id, *conditions(filters, is_sqlite))
    )
    if by_words:
        query = search.newest_matches(query, words, wanted.after and wanted.after[1])
    elif words and wanted.updated_since is None:
        rows = _newest_by_index(connection, project_id, query, wanted, limit)
        return [(row.survey_key, from_row(row)) for row in rows]
    elif wanted.updated_since is not None:
        query = query.where(responses.c.updated_at >= wanted.updated_since)
        if wanted.after is not None:
            query = query.where(behind(wanted.after))
        query = query.order_by(responses.c.updated_at, responses.c.id)
    else:
        if not (wanted.respondent or wanted.campaign):
            newest = _newest_ids(connection, project_id, filters, limit)
            query = query.where(responses.c.id.in_(newest))
        elif wanted.after is not None:
            query = query.where(responses.c.id < wanted.after[1])
        query = query.order_by(responses.c.id.desc())
    rows = connection.execute(query.limit(limit)).all()
    return [(row.survey_key, from_row(row)) for row in rows]


def _newest_ids(
    connection: Connection, project_id: int, wanted: Criteria, limit: int
) -> Sequence[str]:
    """Return the newest ids, survey by survey: each has an index in this order, the project none.

    For wishes that leave many answers: people and campaigns have indexes of their own.
    """
    asked = surveys.c.project_id == project_id
    if wanted.survey is not None:
        asked &= surveys.c.key == wanted.survey
    if wanted.without_versions:  # nor look through a survey that has no others
        others = survey_versions.c.id.not_in(wanted.without_versions)
        asked &= surveys.c.id.in_(select(survey_versions.c.survey_id).where(others))
    filters = conditions(replace(wanted, survey=None), connection.dialect.name == "sqlite")
    if wanted.after is not None:
        filters.append(responses.c.id < wanted.after[1])
    found: list[str] = []
    for survey_id in connection.execute(select(surveys.c.id).where(asked)).scalars().all():
        query = select(responses.c.id).where(responses.c.survey_id == survey_id, *filters)
        query = query.order_by(responses.c.id.desc()).limit(limit)
        found.extend(connection.execute(query).scalars())
    return sorted(found, reverse=True)[:limit]


def _newest_by_index(
    connection: Connection, project_id: int, query: Any, wanted: Criteria, limit: int
) -> Sequence[Any]:
    """Look among the newest comments, where frequent words are soon found; else ask the index.

    PostgreSQL's index hands all matches out, in no order, and its planner would rather look through
    all comments from the newest on: quick for frequent words, slow for rare ones.
    """
    mine = [responses.c.project_id == project_id]
    if wanted.after is not None:
        mine.append(responses.c.id < wanted.after[1])
    query = query.where(*mine).order_by(responses.c.id.desc()).limit(limit)
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
    matches = (
        select(responses.c.id)
        .join(surveys, surveys.c.id == responses.c.survey_id)
        .where(*mine, *conditions(wanted, is_sqlite=False))
        .cte("matches")
        .prefix_with("MATERIALIZED")
    )
    first = select(matches.c.id).order_by(matches.c.id.desc()).limit(limit)
    return connection.execute(query.where(responses.c.id.in_(first))).all()


def conditions(wanted: Criteria, is_sqlite: bool) -> list[ColumnElement[bool]]:
    """Return what responses must be like; not where in the list they stand.

    The statement must join surveys.
    """
    found = [
        column == value
        for column, value in (
            (surveys.c.key, wanted.survey),
            (responses.c.band, wanted.band),
            (responses.c.touchpoint, wanted.touchpoint),
            (responses.c.channel, wanted.channel),
            (responses.c.campaign, wanted.campaign),
            (responses.c.respondent, wanted.respondent),
        )
        if value is not None
    ]
    if wanted.words is not None:
        found.append(search.contains(wanted.words, is_sqlite))
    if wanted.tag is not None:
        found.append(search.is_tagged(wanted.tag, is_sqlite))
    if wanted.unconfirmed is not None:
        doubt = responses.c.unconfirmed
        found.append(doubt.is_not(None) if wanted.unconfirmed else doubt.is_(None))
    if wanted.without_versions:
        found.append(responses.c.version_id.not_in(wanted.without_versions))
    if wanted.since is not None:
        found.append(responses.c.created_at >= wanted.since)
    return found


def behind(place: Position) -> ColumnElement[bool]:
    """Return the condition of changes after a place; as a pair, so that the index leads there."""
    updated_at, last_id = place
    here = (literal(updated_at, responses.c.updated_at.type), literal(last_id))
    return tuple_(responses.c.updated_at, responses.c.id) > tuple_(*here)


def from_row(row: Row[Any]) -> Response:
    """Return the domain value of a row that holds all of COLUMNS."""
    values = {name: getattr(row, name) for name in COLUMNS}
    return Response(**{**values, "tags": tuple(values["tags"])})


def _selected() -> list[Any]:
    return [responses.c[name] for name in COLUMNS]


def _values(response: Response) -> dict[str, Any]:
    values = {name: getattr(response, name) for name in COLUMNS}
    return {**values, "tags": list(response.tags)}
