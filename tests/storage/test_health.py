"""Health: what is not durable or not ready is told, with what to do."""

import sqlite3
from datetime import timedelta

import pytest

from feedback_service.storage.engine import health, heartbeats
from feedback_service.storage.engine.database import Database, journal_mode
from feedback_service.storage.engine.health import Check
from feedback_service.storage.engine.migrate import migrate
from feedback_service.storage.tables.outbox import heartbeats as heartbeat_rows
from feedback_service.usecases.service import Service
from tests.engines import Engine, Postgresql, Sqlite
from tests.factories import NOW, rows


def wrong(checks: list[Check]) -> list[str]:
    """Return the names of what is wrong; each says what to do."""
    assert all(check.fix for check in checks if check.state == "wrong")
    return [check.name for check in checks if check.state == "wrong"]


def beat(service: Service) -> None:
    with service.database.write() as connection:
        heartbeats.beat(connection, "one", NOW)


def sqlite_checks(path: str, pragma: str = "") -> list[Check]:
    """Return the durability of a database whose next connection was tampered with."""
    database = Database(f"sqlite:///{path}", connections=1)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute(pragma)
    try:
        return health.durability(database)
    finally:
        database.dispose()


def test_a_sqlite_database_of_ours_is_durable(sqlite: Sqlite) -> None:
    url = sqlite.migrated()
    database = Database(url)
    assert wrong(health.durability(database)) == []
    database.dispose()


@pytest.mark.parametrize(
    ("pragma", "name"),
    [
        ("PRAGMA synchronous = NORMAL", "synchronous"),
        ("PRAGMA synchronous = OFF", "synchronous"),
        ("PRAGMA journal_mode = MEMORY", "journal_mode"),
        ("PRAGMA journal_mode = OFF", "journal_mode"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys"),
        ("PRAGMA busy_timeout = 0", "busy_timeout"),
    ],
)
def test_a_lowered_setting_of_sqlite_is_wrong(sqlite: Sqlite, pragma: str, name: str) -> None:
    path = sqlite.migrated().removeprefix("sqlite:///")
    assert wrong(sqlite_checks(path, pragma)) == [name]


def test_a_wal_file_is_wrong_where_sqlite_could_corrupt_it(sqlite: Sqlite) -> None:
    path = sqlite.migrated().removeprefix("sqlite:///")
    expected = [] if journal_mode() == "wal" else ["journal_mode"]
    assert wrong(sqlite_checks(path, "PRAGMA journal_mode = WAL")) == expected
    database = Database(f"sqlite:///{path}")
    migrate(database)
    assert wrong(health.durability(database)) == []
    database.dispose()


def test_a_postgresql_without_fsync_is_wrong(postgresql: Postgresql) -> None:
    # The tests' server runs without fsync, to be quick.
    database = Database(postgresql.migrated())
    assert wrong(health.durability(database)) == ["fsync"]
    database.dispose()


def test_a_postgresql_that_commits_late_is_wrong(postgresql: Postgresql) -> None:
    database = Database(postgresql.migrated())
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER ROLE CURRENT_USER IN DATABASE "
            f"{database.engine.url.database} SET synchronous_commit = off")  # fmt: skip
        connection.commit()
    database.dispose()
    assert "synchronous_commit" in wrong(health.durability(database))
    database.dispose()


def test_a_service_with_a_live_dispatcher_is_ready(service: Service) -> None:
    beat(service)
    assert wrong(health.readiness(service.database, NOW + timedelta(seconds=29))) == []


def test_a_silent_dispatcher_is_not_ready(service: Service) -> None:
    assert wrong(health.readiness(service.database, NOW)) == ["dispatcher"]
    beat(service)
    assert wrong(health.readiness(service.database, NOW + timedelta(seconds=31))) == ["dispatcher"]


def test_looking_leaves_no_trace(service: Service) -> None:
    health.readiness(service.database, NOW)
    assert rows(service, heartbeat_rows) == []


def test_an_empty_database_is_not_ready(empty_url: str) -> None:
    database = Database(empty_url)
    assert wrong(health.readiness(database, NOW)) == ["schema"]
    assert health.newer_schema(database) is None
    database.dispose()


def test_a_database_of_a_newer_version_is_told(service: Service) -> None:
    with service.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert health.newer_schema(service.database) == "9999"
    assert wrong(health.readiness(service.database, NOW)) == ["schema"]


def test_a_database_that_refuses_writes_is_not_ready(service: Service, engine: Engine) -> None:
    beat(service)
    if engine.name == "sqlite":
        with service.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
    else:
        with service.database.engine.connect() as connection:
            name = service.database.engine.url.database
            connection.exec_driver_sql(
                f"ALTER DATABASE {name} SET default_transaction_read_only = on"
            )
            connection.commit()
        service.database.dispose()
    assert wrong(health.readiness(service.database, NOW)) == ["database writable"]


def test_a_database_that_is_away_is_not_ready_and_a_gauge() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    assert wrong(health.readiness(database, NOW)) == ["database writable"]
    assert health.gauges(database, NOW) == {"feedback_database_up": 0.0}


def test_an_idle_outbox_has_nothing_waiting(service: Service) -> None:
    assert health.gauges(service.database, NOW) == {
        "feedback_database_up": 1.0,
        "feedback_outbox_pending": 0.0,
        "feedback_outbox_oldest_due_seconds": 0.0,
        "feedback_webhooks_failing": 0.0,
        "feedback_webhooks_disabled": 0.0,
        "feedback_cases_overdue": 0.0,
    }
