"""Responses: one row per token."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from feedback_service.domain.responses import Response
from feedback_service.storage.engine import statements
from feedback_service.storage.tables.responses import responses

# Every column is a field of the same name.
COLUMNS: Final = tuple(column.name for column in responses.columns)
_JSON: Final = {"traits", "answers", "tags"}
_VALUES: Final = attrgetter(*COLUMNS)
_INSTANTS_AT: Final = [i for i, name in enumerate(COLUMNS) if name.endswith("_at")]
_JSON_AT: Final = [i for i, name in enumerate(COLUMNS) if name in _JSON]


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


def from_row(row: Row[Any]) -> Response:
    """Return the domain value of a row that holds all of COLUMNS."""
    values = {name: getattr(row, name) for name in COLUMNS}
    return Response(**{**values, "tags": tuple(values["tags"])})


def _selected() -> list[Any]:
    return [responses.c[name] for name in COLUMNS]


def _values(response: Response) -> dict[str, Any]:
    values = {name: getattr(response, name) for name in COLUMNS}
    return {**values, "tags": list(response.tags)}
