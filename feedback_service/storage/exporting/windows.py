"""Reads responses for an export, a window of the index at a time.

Each window is a short read transaction, whatever is asked for: on SQLite a reader holds up
writers, and on PostgreSQL a long one keeps dead rows alive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, select, tuple_

from feedback_service.storage.listing.criteria import Criteria, Position, behind, conditions
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys
from feedback_service.storage.words import search
from feedback_service.storage.words.small_index import with_words

# As many as are read within some ten milliseconds.
WINDOW: Final = 2_000

# Read as text as it is written, so that nothing is built of a row but the row. In this order.
TEXTS: Final = (
    *("id", "band", "comment", "channel", "touchpoint", "journey_stage", "campaign"),
    *("respondent", "locale", "page_url", "excluded", "unconfirmed", "token_id"),
)
DOCUMENTS: Final = ("tags", "answers", "traits")
TRUTHS: Final = ("complete", "test")
INSTANTS: Final = ("created_at", "updated_at", "scored_at", "completed_at", "dismissed_at")
READ: Final = ("version_id", "score", *TEXTS, *DOCUMENTS, *TRUTHS, *INSTANTS)
_ID_AT: Final = READ.index("id")
_COMMENT_AT: Final = READ.index("comment")


@dataclass(frozen=True, slots=True)
class Window:
    """rows: values in the order of READ. looked_at: rows of the project that were passed.

    end: where the next window begins; None after the last.
    """

    rows: Sequence[Sequence[Any]]
    looked_at: int
    end: Position | None


def window(
    connection: Connection,
    project_id: int,
    wanted: Criteria,
    after: Position | None,
    *,
    one_by_one: bool = False,
) -> Window:
    """Return the next rows that fit, oldest change first. after: where the last window ended.

    one_by_one: words are looked for in the comments of the window, and not in all there are, see
    `search.is_frequent`.
    """
    mine = [responses.c.project_id == project_id]
    if wanted.updated_since is not None:
        mine.append(responses.c.updated_at >= wanted.updated_since)
    if after is not None:
        mine.append(behind(after))
    place = (responses.c.updated_at, responses.c.id)
    end = connection.execute(
        select(*place).where(*mine).order_by(*place).offset(WINDOW - 1).limit(1)
    ).first()
    if end is not None:
        mine.append(tuple_(*place) <= tuple_(*end))
    words = search.words_of(wanted.words or "") if one_by_one else []
    if words:
        wanted = replace(wanted, words=None)
    query = (
        select(*_columns(connection.dialect.name == "sqlite"))
        .join_from(responses, surveys, surveys.c.id == responses.c.survey_id)
        .where(*mine, *conditions(wanted, connection.dialect.name == "sqlite"))
        .order_by(*place)
    )
    rows = connection.execute(query).cursor.fetchall()
    if words:
        said = ((row[_ID_AT], row[_COMMENT_AT]) for row in rows)
        fitting = with_words(said, search.sqlite_query(words))
        rows = [row for row in rows if row[_ID_AT] in fitting]
    return Window(rows, WINDOW if end else len(rows), None if end is None else tuple(end))


def how_many(connection: Connection, project_id: int, updated_since: datetime | None) -> int:
    """Return how many responses an export has to look at."""
    query = select(func.count()).select_from(responses).where(responses.c.project_id == project_id)
    if updated_since is not None:
        query = query.where(responses.c.updated_at >= updated_since)
    return connection.execute(query).scalar_one()


def _columns(is_sqlite: bool) -> list[ColumnElement[Any]]:
    columns = responses.c
    return [
        columns.version_id,
        columns.score,
        *(columns[name] for name in TEXTS),
        *(cast(columns[name], Text) for name in DOCUMENTS),
        *(case((columns[name].is_(True), "true"), else_="false") for name in TRUTHS),
        *(_written(columns[name], is_sqlite) for name in INSTANTS),
    ]


def _written(instant: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:
    """Write an instant as ISO 8601 in UTC, to the microsecond, inside the database."""
    if is_sqlite:
        return func.replace(cast(instant, Text), " ", "T") + "Z"
    return func.to_char(func.timezone("UTC", instant), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
