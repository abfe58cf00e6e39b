"""Ready-made statements: compiled once, executed on a bare cursor with a ready tuple.

Compiling, caching and result handling of SQLAlchemy cost more than the insert itself; the SQL
still comes from the table definitions, so it cannot drift from them.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.sql import ClauseElement

from feedback_service.storage.engine.columns import sqlite_instant

Row = tuple[Any, ...]


class Dialects:
    """How one engine writes SQL and values.

    instant, document: turn an aware datetime and a JSON-able value into a parameter.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self.is_sqlite = is_sqlite
        self._dialect: Dialect = (
            pysqlite.dialect() if is_sqlite else psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves dialect constructors untyped
        )
        self.instant: Callable[[datetime | None], Any] = (
            sqlite_instant if is_sqlite else lambda value: value
        )

    @staticmethod
    def document(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def compiled(self, statement: ClauseElement, names: Sequence[str]) -> str:
        """Return the SQL; its parameters must be exactly `names`, in this order."""
        compiled = statement.compile(dialect=self._dialect)
        order = list(getattr(compiled, "positiontup", None) or ())
        if order != list(names):
            raise AssertionError(f"parameters are {order}, expected {list(names)}")
        return str(compiled)

    def insert_each(self, connection: Any, sql: str, rows: Iterable[Row]) -> list[bool]:
        """Execute an INSERT … ON CONFLICT DO NOTHING RETURNING per row; tell which went in."""
        cursor = connection.cursor()
        if self.is_sqlite:
            return [cursor.execute(sql, row).fetchone() is not None for row in rows]
        # psycopg sends them in one pipeline: one round trip for all.
        cursor.executemany(sql, list(rows), returning=True)
        inserted = [cursor.fetchone() is not None]
        while cursor.nextset():
            inserted.append(cursor.fetchone() is not None)
        return inserted
