"""The database: one engine per process, made after fork; reads and durable writes."""

import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from feedback_service.storage.errors import StorageUnavailable

BUSY_TIMEOUT_MS: Final = 10_000
STATEMENT_TIMEOUT_MS: Final = 15_000
IDLE_TIMEOUT_MS: Final = 30_000
# Older SQLite can corrupt a WAL file that several processes write (fixed in 3.51.3).
FIRST_SAFE_WAL: Final = (3, 51, 3)
# psycopg calls the last two internal: after a failover we may talk to a standby for a while.
_OPERATIONAL: Final = {
    "OperationalError",
    "InterfaceError",
    "ReadOnlySqlTransaction",
    "IdleInTransactionSessionTimeout",
}


class Database:
    """Connections of one process.

    url: sqlite:///path or postgresql+psycopg://…
    connections: the most this process opens at once.
    """

    def __init__(self, url: str, connections: int = 20) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._turn = _Turn(None)
        if self.is_sqlite:
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("SQLite needs a file: an in-memory database has one process only")
            path = Path(parsed.database)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._turn = _Turn(path.with_name(path.name + ".lock"))
        self.engine = _engine(url, self.is_sqlite, connections)
        self._kept: deque[Any] = deque()  # bare connections; its pop and append are atomic

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a short read transaction. Raises StorageUnavailable."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a write transaction; it is durable when the block has ended.

        On SQLite writers queue fairly on one lock over all processes, so keep it short.
        Raises StorageUnavailable.
        """
        with _translated(), self._turn, self.engine.connect() as connection:
            writing = connection.execution_options(writes=True)
            with writing.begin():
                yield writing

    @contextmanager
    def write_bare(self, question: str) -> Iterator[tuple[Any, Any]]:
        """Open a write transaction as `write` does, on the bare driver.

        Yields a cursor and the first row that answers `question`, a ready-made query. For the
        capture path: SQLAlchemy's checkout, begin and commit cost more than an insert, and while
        one thread holds the turn all others wait. Raises StorageUnavailable.
        """
        with _translated(), self._turn:
            connection, cursor = self._begun(question)
            try:
                yield cursor, cursor.fetchone()
                connection.commit()
            except BaseException:
                connection.close()  # and with it goes the transaction
                raise
            self._kept.append(connection)

    def _begun(self, question: str) -> tuple[Any, Any]:
        """Return a connection in a transaction, and a cursor that has asked the question."""
        while self._kept:
            connection = self._kept.pop()
            try:
                return connection, self._asked(connection, question)
            except Exception as error:
                connection.close()
                # A server that was restarted hung up on what we kept; a new connection may do.
                if self.is_sqlite or not _is_operational(error):
                    raise
        pooled = self.engine.raw_connection()
        connection = cast("Any", pooled.driver_connection)  # there until it is closed
        pooled.detach()
        try:
            return connection, self._asked(connection, question)
        except BaseException:
            connection.close()
            raise

    def _asked(self, connection: Any, question: str) -> Any:
        cursor = self.bare_cursor(connection)
        if self.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(question)
        return cursor

    def bare_cursor(self, connection: Any) -> Any:
        """Return a cursor of the driver's connection, for ready-made statements."""
        if self.is_sqlite:
            return connection.cursor()
        # psycopg's usual one would search the whole statement for placeholders, every time.
        from psycopg import RawCursor  # noqa: PLC0415  # only there with the postgres extra

        return RawCursor(connection)

    def dispose(self) -> None:
        """Close every connection."""
        while self._kept:
            self._kept.pop().close()
        self.engine.dispose()


class _Turn:
    """A queue of writers: threads of this process on a mutex, processes on a file lock.

    SQLite itself makes waiting writers poll, which is unfair and leaves some waiting for seconds.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._handle: int | None = None

    def __enter__(self) -> None:
        if self._path is None:
            return
        self._mutex.acquire()
        try:
            if self._handle is None:
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        except BaseException:
            self._mutex.release()
            raise

    def __exit__(self, *_error: object) -> None:
        if self._path is None or self._handle is None:
            return
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        self._mutex.release()


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """Return the journal mode this SQLite library may use safely."""
    return "wal" if version >= FIRST_SAFE_WAL else "truncate"


def _engine(url: str, is_sqlite: bool, connections: int) -> Engine:
    if not is_sqlite:
        options = (
            f"-c statement_timeout={STATEMENT_TIMEOUT_MS} "
            f"-c idle_in_transaction_session_timeout={IDLE_TIMEOUT_MS} -c timezone=UTC"
        )
        return create_engine(
            url,
            hide_parameters=True,  # errors end up in logs, parameters are comments and people
            pool_pre_ping=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=10,
            connect_args={"options": options, "connect_timeout": 5},
        )
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    # A file remembers WAL and nothing else. The default, DELETE, commits by an unlink that FULL
    # does not sync: a power cut could take back what was acknowledged. TRUNCATE syncs it.
    if connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
        connection.execute("PRAGMA journal_mode = TRUNCATE")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails with BUSY at once: say it up front.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the drivers' operational errors into ours; integrity errors stay what they are."""
    try:
        yield
    except PoolTimeout as error:
        raise StorageUnavailable("every database connection is busy") from error
    except DBAPIError as error:
        if _is_operational(error.orig):
            raise StorageUnavailable(str(error.orig)) from error
        raise
    except Exception as error:
        if _is_operational(error):
            raise StorageUnavailable(str(error)) from error
        raise


def _is_operational(error: BaseException | None) -> bool:
    """Tell whether a driver error is about the database's state rather than about our statement."""
    names = {kind.__name__ for kind in type(error).__mro__}
    driver = type(error).__module__.partition(".")[0] in {"sqlite3", "psycopg"}
    return driver and bool(names & _OPERATIONAL)
