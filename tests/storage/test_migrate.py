"""Migrations: up and down with rows, several at once, and never apart from the models."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate, newest_revision, schema_revision
from feedback_service.storage.schema import metadata
from feedback_service.storage.tables.outbox import attempts, deliveries
from feedback_service.storage.tables.projects import changes
from feedback_service.storage.tables.responses import responses
from feedback_service.usecases.service import Service, open_service
from tests.factories import (
    SECRET_KEYS,
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
    stored_response,
)

# Full-text search has each engine's own tables or index, which models cannot describe.
SEARCH = ("comment_rows", "comment_words", "ix_responses_words")

MIGRATE = """
import sys
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate
print(*migrate(Database(sys.argv[1])))
"""


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.dispose()


@pytest.fixture
def migrating(empty_url: str) -> Iterator[Service]:
    service = open_service(empty_url, SECRET_KEYS, OutboundPolicy())
    migrate(service.database)
    yield service
    service.database.dispose()


def tables(database: Database) -> set[str]:
    found = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    return {name for name in found if not name.startswith(SEARCH)}


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    with empty.read() as connection:
        assert schema_revision(connection) is None
    assert migrate(empty) == (None, newest_revision())
    assert tables(empty) == set(metadata.tables)


def test_migrating_again_does_nothing(empty: Database) -> None:
    migrate(empty)
    assert migrate(empty) == (newest_revision(), newest_revision())


def test_the_tables_are_those_of_the_models(empty: Database) -> None:
    migrate(empty)
    with empty.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        apart = compare_metadata(context, metadata)
    assert [one for one in apart if not one[1].name.startswith(SEARCH)] == []


def test_the_models_alone_make_the_same_tables(empty: Database, database_url: str) -> None:
    """What autogenerate overlooks (checks, partial indexes, keys) is compared by reflection."""
    metadata.create_all(empty.engine)
    migrated = Database(database_url)
    for name in metadata.tables:
        assert _shape(empty, name) == _shape(migrated, name), name
    migrated.dispose()


def test_what_was_stored_survives_the_way_down_and_up_again(migrating: Service) -> None:
    survey = make_survey(migrating, make_project(migrating), subject="the shop")
    first, newest = "0001", newest_revision()
    assert migrate(migrating.database, first) == (newest, first)
    assert tables(migrating.database) < set(metadata.tables)
    assert migrate(migrating.database) == (first, newest)
    assert collect(migrating, link_token(migrating, survey), answer(9)).survey == survey


def test_the_newest_migration_can_be_taken_back_with_rows_in_its_tables(
    migrating: Service,
) -> None:
    project = make_project(migrating)
    survey = make_survey(migrating, project)
    make_webhook(migrating, project)
    collected = collect(migrating, link_token(migrating, survey), answer(2, "slow"))
    assert stored_response(migrating, collected.response) == collected.response
    assert len(rows(migrating, deliveries)) == 2
    migrate(migrating.database, "base")
    assert tables(migrating.database) == set()
    migrate(migrating.database)
    assert (rows(migrating, responses), rows(migrating, attempts)) == ([], [])
    assert len(rows(migrating, changes)) == 1


def test_threads_that_migrate_at_once_all_succeed(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(migrate, databases))
    for database in databases:
        database.dispose()
    assert sorted(results, key=str) == [
        *[(newest_revision(), newest_revision())] * 3,
        (None, newest_revision()),
    ]


@pytest.mark.slow
def test_processes_that_migrate_at_once_all_succeed(empty_url: str) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, empty_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=60) for process in running]
    newest = newest_revision()
    said = sorted(out.strip() for out, _error in ends)
    assert said == sorted([f"None {newest}", f"{newest} {newest}"]), ends


def _shape(database: Database, table: str) -> dict[str, object]:
    found = inspect(database.engine)
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"], str(column["default"]))
            for column in found.get_columns(table)
        },
        "primary key": found.get_pk_constraint(table)["constrained_columns"],
        "unique": sorted(
            (str(unique["name"]), tuple(unique["column_names"]))
            for unique in found.get_unique_constraints(table)
        ),
        "foreign keys": sorted(
            (
                str(key["name"]),
                tuple(key["constrained_columns"]),
                key["referred_table"],
                str(key["options"].get("ondelete")),
            )
            for key in found.get_foreign_keys(table)
        ),
        "indexes": sorted(
            (
                str(index["name"]),
                tuple(index["column_names"]),
                sorted((k, str(v)) for k, v in index.get("dialect_options", {}).items()),
            )
            for index in found.get_indexes(table)
            if not str(index["name"]).startswith(SEARCH)
        ),
        "checks": sorted(
            (str(check["name"]), check["sqltext"]) for check in found.get_check_constraints(table)
        ),
    }
