"""Is the database as durable as we promise, and can this process work with it right now?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, text

from feedback_service.domain.ids import new_id
from feedback_service.storage.dispatch import deliveries, webhook_health
from feedback_service.storage.engine import heartbeats, migrate
from feedback_service.storage.engine.database import FIRST_SAFE_WAL, Database
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.storage.following_up import cases
from feedback_service.storage.tables.outbox import heartbeats as heartbeat_rows

State = Literal["ok", "warning", "wrong"]

# A dispatcher beats every 5 seconds: silence of half a minute is no hiccup.
HEARTBEAT_FRESH: Final = timedelta(seconds=30)
# RETURNING, which we write with, came in 3.35; every living PostgreSQL has all we need.
MIN_SQLITE: Final = (3, 35, 0)
MIN_POSTGRESQL: Final = 13
# Not "delete": it commits by removing the journal, which synchronous = FULL does not sync.
_SAFE_JOURNALS: Final = {"truncate", "persist", "wal"}
_SYNCHRONOUS_FULL: Final = 2


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and found. fix: what to do about it, None when all is well."""

    name: str
    state: State
    found: str
    fix: str | None = None


def durability(database: Database) -> list[Check]:
    """Look, from inside a connection as the service uses it, whether a commit is on disk.

    Raises StorageUnavailable.
    """
    with database.read() as connection:
        return _of_sqlite(connection) if database.is_sqlite else _of_postgresql(connection)


def readiness(database: Database, now: datetime) -> list[Check]:
    """Tell whether answers can be stored and news leave: writable, migrated, a live dispatcher."""
    try:
        with database.read() as connection:
            migrated = _schema(connection)
            if migrated.state == "wrong":
                return [migrated]
            dispatcher = _dispatcher(connection, now)
        _try_writing(database, now)
    except StorageUnavailable as error:
        fix = "see that the database runs, has room on its disk and accepts writes"
        return [Check("database writable", "wrong", str(error).partition("\n")[0], fix)]
    return [migrated, Check("database writable", "ok", "yes"), dispatcher]


def newer_schema(database: Database) -> str | None:
    """Return the database's revision when a newer version of this code made it.

    Raises StorageUnavailable.
    """
    with database.read() as connection:
        found = migrate.schema_revision(connection)
    # Revisions are numbered, so their texts sort as they follow each other.
    return found if found is not None and found > _newest() else None


def gauges(database: Database, now: datetime) -> Mapping[str, float]:
    """Return the values of telemetry.GAUGES; a database that is away is itself a value."""
    try:
        with database.read() as connection:
            pending, oldest_due_s = deliveries.backlog(connection, now)
            disabled, failing = webhook_health.troubled(connection)
            overdue = cases.overdue_everywhere(connection, now)
    except StorageUnavailable:
        return {"feedback_database_up": 0.0}
    return {
        "feedback_database_up": 1.0,
        "feedback_outbox_pending": float(pending),
        "feedback_outbox_oldest_due_seconds": oldest_due_s,
        "feedback_webhooks_disabled": float(disabled),
        "feedback_webhooks_failing": float(failing),
        "feedback_cases_overdue": float(overdue),
    }


def _try_writing(database: Database, now: datetime) -> None:
    """Write a row and take it back: finds read-only files and standbys, costs no fsync."""
    with database.write() as connection:
        connection.execute(insert(heartbeat_rows).values(name=new_id("ready", now), at=now))
        connection.rollback()


def _schema(connection: Connection) -> Check:
    found, wanted = migrate.schema_revision(connection), _newest()
    name = "schema"
    if found == wanted:
        return Check(name, "ok", f"at {wanted}, the newest")
    if found is not None and found > wanted:
        fix = "a newer version migrated this database: run that version or a newer one"
        return Check(name, "wrong", f"at {found}, but this code knows only up to {wanted}", fix)
    return Check(name, "wrong", f"at {found}, the code needs {wanted}", "feedback-service migrate")


def _dispatcher(connection: Connection, now: datetime) -> Check:
    last = heartbeats.latest(connection)
    name, fix = "dispatcher", "run `feedback-service worker` (or `serve` without --no-worker)"
    if last is None:
        return Check(name, "wrong", "no dispatcher was ever seen", fix)
    silent_s = (now - last).total_seconds()
    if now - last > HEARTBEAT_FRESH:
        return Check(name, "wrong", f"last seen {silent_s:.0f} s ago", fix)
    return Check(name, "ok", f"seen {max(0.0, silent_s):.0f} s ago")


def _of_sqlite(connection: Connection) -> list[Check]:
    version = tuple(
        int(part) for part in str(_one(connection, "SELECT sqlite_version()")).split(".")
    )
    journal = str(_one(connection, "PRAGMA journal_mode")).lower()
    synchronous = int(_one(connection, "PRAGMA synchronous"))
    busy_ms = int(_one(connection, "PRAGMA busy_timeout"))
    wal_is_safe = version >= FIRST_SAFE_WAL
    safe_journal = journal in _SAFE_JOURNALS and (journal != "wal" or wal_is_safe)
    shown = ".".join(map(str, version))
    return [
        _check("SQLite version", version >= MIN_SQLITE, shown, "use SQLite 3.35 or newer"),
        _check(
            "journal_mode",
            safe_journal,
            journal,
            "stop every process, then run `feedback-service migrate`: it sets a safe mode for "
            f"SQLite {shown}",
        ),
        _check(
            "synchronous",
            synchronous >= _SYNCHRONOUS_FULL,
            str(synchronous),
            "something lowered it: without FULL (2) a power cut can take acknowledged answers",
        ),
        _check(
            "foreign_keys",
            bool(_one(connection, "PRAGMA foreign_keys")),
            "checked",
            "something switched them off: use the database through this service only",
        ),
        _check("busy_timeout", busy_ms > 0, f"{busy_ms} ms", "something set it to 0"),
    ]


def _of_postgresql(connection: Connection) -> list[Check]:
    number = int(_one(connection, "SHOW server_version_num"))
    commit = str(_one(connection, "SHOW synchronous_commit"))
    fsync = str(_one(connection, "SHOW fsync"))
    full_pages = str(_one(connection, "SHOW full_page_writes"))
    lost = "an acknowledged answer could be lost"
    return [
        _check(
            "PostgreSQL version",
            number >= MIN_POSTGRESQL * 10_000,
            str(_one(connection, "SHOW server_version")),
            f"use PostgreSQL {MIN_POSTGRESQL} or newer",
        ),
        _check(
            "synchronous_commit",
            commit != "off",
            commit,
            f"ALTER ROLE … SET synchronous_commit = on: {lost} in a crash",
        ),
        _check("fsync", fsync == "on", fsync, f"set fsync = on in postgresql.conf: {lost}"),
        _check(
            "full_page_writes",
            full_pages == "on",
            full_pages,
            "set full_page_writes = on in postgresql.conf: a power cut could tear pages",
        ),
    ]


def _check(name: str, well: bool, found: str, fix: str) -> Check:
    return Check(name, "ok", found) if well else Check(name, "wrong", found, fix)


def _one(connection: Connection, statement: str) -> Any:
    return connection.execute(text(statement)).scalar_one()


@cache
def _newest() -> str:
    """The code's newest revision: reading the scripts takes milliseconds, once is enough."""
    return migrate.newest_revision()
