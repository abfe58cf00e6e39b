"""Migrations of a PostgreSQL that others are working on, or that holds much."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import sleep

import pytest
from sqlalchemy import select, text

from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.storage import schema
from feedback_service.storage.engine import database as engine
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate, newest_revision
from feedback_service.usecases.service import Service, open_service
from tests.engines import Postgresql
from tests.factories import SECRET_KEYS, make_project, make_survey, rows
from tests.storage.reports.answering import add_answers, swept

AT = datetime(2026, 3, 1, tzinfo=UTC)
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def busy(postgresql: Postgresql) -> Iterator[Service]:
    service = open_service(postgresql.migrated(), SECRET_KEYS, OutboundPolicy())
    yield service
    service.database.dispose()


def wait_for_a_waiter(database: Database) -> None:
    for _ in range(3_000):
        with database.read() as connection:
            if connection.execute(WAITING).scalar_one():
                return
        sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def test_what_takes_longer_than_any_statement_may_takes_its_time(
    postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Database(postgresql.empty())
    monkeypatch.setattr(engine, "STATEMENT_TIMEOUT_MS", 200)
    hurried = Database(str(other.engine.url.render_as_string(hide_password=False)))
    with ThreadPoolExecutor(1) as pool:
        with other.write() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(7301966018)"))
            migrated = pool.submit(migrate, hurried)
            wait_for_a_waiter(other)
            sleep(0.5)  # more than twice as long as a statement may take
        assert migrated.result() == (None, newest_revision())
        with hurried.read() as connection:
            assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "200ms"
    for database in (other, hurried):
        database.dispose()


def test_a_tag_set_while_the_index_of_tags_is_filled_is_in_it(busy: Service) -> None:
    survey = make_survey(busy, make_project(busy))
    [tagged, untagged] = add_answers(
        busy, survey, [{"at": AT, "score": 3}, {"at": AT, "score": 4, "tags": ["gone"]}]
    )
    migrate(busy.database, "0013")
    change = text("UPDATE responses SET tags = CAST(:tags AS jsonb) WHERE id = :id")
    with ThreadPoolExecutor(1) as pool:
        with busy.database.write() as connection:
            connection.execute(change, {"tags": '["late"]', "id": tagged})
            connection.execute(change, {"tags": "[]", "id": untagged})
            migrated = pool.submit(migrate, busy.database)
            wait_for_a_waiter(busy.database)
        migrated.result()
    found = rows(busy, schema.tagged_responses)
    assert [(row["tag"], row["response_id"]) for row in found] == [("late", tagged)]


def test_counts_that_a_sweep_writes_meanwhile_do_not_stay(busy: Service) -> None:
    survey = make_survey(busy, make_project(busy))
    add_answers(busy, survey, [{"at": AT, "score": 3}])
    swept(busy, datetime(2026, 4, 10, tzinfo=UTC))
    migrate(busy.database, "0014")
    swept(busy, datetime(2026, 4, 10, tzinfo=UTC))
    with ThreadPoolExecutor(1) as pool:
        with busy.database.write() as connection:  # as sweeps do: the book first, then counts
            connection.execute(select(schema.report_books).with_for_update())
            connection.execute(schema.report_counts.update().values(counts="[[null,[0,0,0,1]]]"))
            old = connection.execute(select(schema.report_counts)).first()
            assert old is not None
            more = {**old._mapping, "dimension": "locale"}
            connection.execute(schema.report_counts.insert().values(more))
            migrated = pool.submit(migrate, busy.database)
            wait_for_a_waiter(busy.database)
        migrated.result()
    assert rows(busy, schema.report_counts) == []
