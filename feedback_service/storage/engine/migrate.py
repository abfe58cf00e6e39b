"""Brings the schema to the newest migration; safe to call from several processes at once."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import feedback_service
from feedback_service.storage.engine.database import Database, journal_mode

# Any number will do, as long as nothing else in the database locks the same one.
_ADVISORY_LOCK: Final = 7_301_966_018


def migrate(database: Database, revision: str = "head") -> tuple[str | None, str | None]:
    """Upgrade (or downgrade, given an older revision); returns the revisions before and after.

    Callers queue: the second finds nothing left to do. Raises StorageUnavailable.
    """
    if database.is_sqlite:
        _set_journal_mode(database)
    with database.write() as connection:
        if not database.is_sqlite:
            # An index over millions of answers takes minutes, and so does waiting for it.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        before = _revision(connection)
        config = _config()
        config.attributes["connection"] = connection
        script = ScriptDirectory.from_config(config)
        newest_first = [step.revision for step in script.walk_revisions()]
        target = newest_first[0] if revision == "head" else revision
        older = newest_first[newest_first.index(before) + 1 :] if before else []
        if target in {"base", *older}:
            command.downgrade(config, target)
        else:
            command.upgrade(config, target)
        return before, _revision(connection)


def schema_revision(connection: Connection) -> str | None:
    """Return the revision the database is at, None when it is empty."""
    return _revision(connection)


def newest_revision() -> str:
    """Return the revision this code was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    package = Path(feedback_service.__file__).parent
    inside = package / "migrations"  # in a wheel; beside the package in a checkout
    config = Config()
    config.set_main_option(
        "script_location", str(inside if inside.is_dir() else package.parent / "migrations")
    )
    # versions/ has a folder for each dozen.
    config.set_main_option("recursive_version_locations", "true")
    return config


def _set_journal_mode(database: Database) -> None:
    """Set once, here: doing it on every connect races on a new file."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA journal_mode = {journal_mode()}")
