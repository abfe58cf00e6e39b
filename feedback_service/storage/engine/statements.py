"""Ready-made statements: compiled once, executed on a bare cursor with a ready tuple.

Compiling, caching and result handling of SQLAlchemy cost more than the insert itself; the SQL
still comes from the table definitions, so it cannot drift from them.
"""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.sql import ClauseElement

from feedback_service.storage.engine.columns import sqlite_instant

Row = tuple[Any, ...]

_PARAMETER: Final = re.compile(r"\$(\d+)")
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Dialects:
    """How one engine writes SQL and values.

    document: turn a JSON-able value into a parameter.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self.is_sqlite = is_sqlite
        self._dialect: Dialect = (
            pysqlite.dialect() if is_sqlite else psycopg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves dialect constructors untyped
        )

    @staticmethod
    def document(value: Any) -> str:
        if not value:  # what most responses have for traits, answers and tags
            if value == {}:
                return "{}"
            if value == ():
                return "[]"
        return _ENCODE(value)

    def ready(self, values: Row, instants: Iterable[int], documents: Iterable[int]) -> Row:
        """Return the values of a row as parameters; the numbers say which need translation."""
        row = list(values)
        for i in documents:
            row[i] = self.document(row[i])
        if self.is_sqlite:
            written: dict[Any, Any] = {None: None}  # several instants of a row are the same one
            for i in instants:
                instant = row[i]
                if instant not in written:
                    written[instant] = sqlite_instant(instant)
                row[i] = written[instant]
        return tuple(row)

    def compiled(self, statement: ClauseElement, names: Sequence[str]) -> str:
        """Return the SQL; its parameters must be exactly `names`, in this order."""
        compiled = statement.compile(dialect=self._dialect)
        order = list(getattr(compiled, "positiontup", None) or ())
        if order != list(names):
            raise AssertionError(f"parameters are {order}, expected {list(names)}")
        return str(compiled)


class ManyRows:
    """An INSERT … VALUES (…) ON CONFLICT … of any number of rows in one statement.

    One statement a row would let go of the interpreter's lock once a row; the thread that holds
    the database's lock would then wait for all the others, again and again.
    """

    def __init__(self, sql_of_one: str) -> None:
        self._head, values, rest = sql_of_one.partition(" VALUES ")
        self._row, conflict, tail = rest.partition(" ON CONFLICT ")
        if not values or not conflict:
            raise AssertionError(f"no VALUES … ON CONFLICT in {sql_of_one}")
        self._tail = conflict + tail
        self._of_size: dict[int, str] = {}

    def execute(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Insert the rows. The database's drivers keep the statement of each size prepared."""
        sql = self._of_size.get(len(rows))
        if sql is None:
            values = ", ".join(self._numbered(n, len(rows[0])) for n in range(len(rows)))
            sql = self._of_size[len(rows)] = f"{self._head} VALUES {values}{self._tail}"
        cursor.execute(sql, tuple(chain.from_iterable(rows)))

    def _numbered(self, row: int, width: int) -> str:
        """Return the values of one row among many; PostgreSQL counts its parameters through."""
        return _PARAMETER.sub(lambda found: f"${int(found[1]) + row * width}", self._row)
