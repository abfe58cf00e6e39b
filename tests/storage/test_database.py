"""The database connections: durable, fair, and honest about being away."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from feedback_service.storage.engine.database import FIRST_SAFE_WAL, Database, journal_mode
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.usecases.service import Service
from tests.conftest import OpenService
from tests.engines import Postgresql, Sqlite
from tests.factories import make_project

BUMP = text("UPDATE changes SET version = version + 1")


def pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def version(database: Database) -> int:
    with database.read() as connection:
        found: int = connection.execute(text("SELECT version FROM changes")).scalar_one()
    return found


def bump_and_fail(database: Database) -> None:
    with database.write() as connection:
        connection.execute(BUMP)
        raise RuntimeError("changed my mind")


def test_every_sqlite_connection_syncs_each_commit_and_keeps_foreign_keys(sqlite: Sqlite) -> None:
    database = Database(sqlite.migrated(), connections=3)
    with database.read() as first, database.read() as second, database.write() as third:
        for connection in (first, second, third):
            assert pragma(connection, "synchronous") == 2
            assert pragma(connection, "foreign_keys") == 1
            assert pragma(connection, "busy_timeout") == 10_000
            assert pragma(connection, "journal_mode") == journal_mode()
            assert pragma(connection, "mmap_size") == 0
    database.dispose()


def test_every_postgresql_connection_waits_for_the_disk_and_for_nothing_else(
    postgresql: Postgresql,
) -> None:
    database = Database(postgresql.migrated())
    with database.write() as connection:
        settings = {
            name: connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in (
                "synchronous_commit",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "timezone",
            )
        }
    database.dispose()
    assert settings == {
        "synchronous_commit": "on",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "30s",
        "timezone": "UTC",
    }


@pytest.mark.parametrize(
    ("library", "mode"),
    [
        ((3, 40, 1), "truncate"),
        ((3, 51, 2), "truncate"),
        (FIRST_SAFE_WAL, "wal"),
        ((3, 52, 0), "wal"),
    ],
)
def test_wal_only_where_several_processes_cannot_corrupt_it(
    library: tuple[int, ...], mode: str
) -> None:
    assert journal_mode(library) == mode


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="needs a file"):
        Database(url)


def test_a_sqlite_file_is_made_with_its_folders(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/deep/feedback.db")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    database.dispose()
    assert (tmp_path / "new/deep/feedback.db").exists()


def test_what_is_written_is_read_by_another_process(
    service: Service, another_service: OpenService
) -> None:
    other = another_service()
    before = version(other.database)
    with service.database.write() as connection:
        connection.execute(BUMP)
    assert version(other.database) == before + 1


def test_a_write_that_fails_leaves_nothing_and_blocks_nobody(service: Service) -> None:
    before = version(service.database)
    with pytest.raises(RuntimeError, match="changed my mind"):
        bump_and_fail(service.database)
    assert version(service.database) == before
    with service.database.write() as connection:
        connection.execute(BUMP)
    assert version(service.database) == before + 1


def test_an_integrity_error_is_no_outage(service: Service) -> None:
    make_project(service, "shop")
    with pytest.raises(IntegrityError):
        make_project(service, "shop")


def test_a_foreign_key_is_kept(service: Service) -> None:
    dangling = text(
        "INSERT INTO attempts (delivery_id, number, started_at, elapsed_ms) "
        "VALUES ('nowhere', 1, '2026-11-24 12:00:00', 1.0)"
    )
    with pytest.raises(IntegrityError), service.database.write() as connection:
        connection.execute(dangling)


def test_a_wrong_statement_is_our_bug_and_no_outage(postgresql: Postgresql) -> None:
    database = Database(postgresql.empty())
    with pytest.raises(ProgrammingError), database.read() as connection:
        connection.execute(text("SELECT nonsense"))
    database.dispose()


def test_a_server_that_is_away_is_an_outage(postgresql: Postgresql) -> None:
    nobody = Database("postgresql+psycopg://nobody@127.0.0.1:9/nowhere")
    with pytest.raises(StorageUnavailable), nobody.read():
        pass
    gone = Database(url := postgresql.empty())
    with gone.read():
        pass
    postgresql.drop(url)
    with pytest.raises(StorageUnavailable), gone.read():
        pass
    gone.dispose()


def test_a_connection_the_server_closed_is_replaced(postgresql: Postgresql) -> None:
    database = Database(postgresql.migrated(), connections=1)
    with database.read() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = Database(str(database.engine.url))
    with other.read() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    assert version(database) >= 0
    other.dispose()
    database.dispose()


def test_a_full_disk_is_an_outage_and_passes(sqlite: Sqlite) -> None:
    database = Database(sqlite.migrated(), connections=1)
    with database.write() as connection:
        pages = pragma(connection, "page_count")
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        connection.execute(text("CREATE TEMP TABLE warm (x)"))
    with pytest.raises(StorageUnavailable, match="full"), database.write() as connection:
        connection.execute(text("CREATE TABLE big AS SELECT zeroblob(1000000) AS x"))
    before = version(database)
    with database.write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
        connection.execute(BUMP)
    assert version(database) == before + 1
    database.dispose()


def test_writers_of_two_processes_take_turns(
    service: Service, another_service: OpenService
) -> None:
    """Each reads and writes back: without turns an increment would be lost or refused."""
    services = [service, another_service()]
    before = version(service.database)

    def increment(number: int) -> None:
        with services[number % 2].database.write() as connection:
            seen = connection.execute(text("SELECT version FROM changes" + lock)).scalar_one()
            connection.execute(text("UPDATE changes SET version = :v"), {"v": seen + 1})

    lock = "" if service.database.is_sqlite else " FOR UPDATE"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(80)))
    assert version(service.database) == before + 80


def test_a_waiting_writer_gets_its_turn_before_one_that_comes_back(sqlite: Sqlite) -> None:
    url = sqlite.migrated()
    greedy, patient = Database(url), Database(url)
    stop = threading.Event()

    def write_without_pause() -> None:
        while not stop.is_set():
            with greedy.write() as connection:
                connection.execute(BUMP)

    thread = threading.Thread(target=write_without_pause)
    thread.start()
    waits = []
    for _ in range(10):
        start = time.monotonic()
        with patient.write() as connection:
            connection.execute(BUMP)
        waits.append(time.monotonic() - start)
    stop.set()
    thread.join()
    greedy.dispose()
    patient.dispose()
    assert max(waits) < 2
