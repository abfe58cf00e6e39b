"""Instants mean the same on both engines, whichever way they were written."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from feedback_service.storage.engine.columns import UtcDateTime, sqlite_instant
from feedback_service.storage.engine.database import Database
from tests.engines import Sqlite
from tests.factories import NOW

INSTANTS = Table(
    "instants", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime)
)
KOLKATA = timezone(timedelta(hours=5, minutes=30))


@pytest.fixture
def database(empty_url: str) -> Any:
    opened = Database(empty_url)
    INSTANTS.metadata.create_all(opened.engine)
    yield opened
    opened.dispose()


@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(NOW, id="whole second"),
        pytest.param(NOW + timedelta(microseconds=1), id="microsecond"),
        pytest.param(NOW.astimezone(KOLKATA), id="another zone"),
        pytest.param(datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=UTC), id="clock change"),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), id="1970"),
        pytest.param(datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), id="the last"),
        pytest.param(None, id="none"),
    ],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    database: Database, instant: datetime | None
) -> None:
    with database.write() as connection:
        connection.execute(insert(INSTANTS).values(at=instant))
    with database.read() as connection:
        found = connection.execute(select(INSTANTS.c.at)).scalar_one()
    assert found == instant
    assert found is None or found.tzinfo == UTC


def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.write() as connection:
        connection.execute(insert(INSTANTS).values(at=datetime(2026, 11, 24)))  # noqa: DTZ001


def test_instants_compare_by_time_and_not_by_zone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(INSTANTS).values(at=NOW.astimezone(KOLKATA)))
    with database.read() as connection:
        earlier = select(INSTANTS.c.id).where(INSTANTS.c.at < NOW + timedelta(seconds=1))
        later = select(INSTANTS.c.id).where(INSTANTS.c.at > NOW - timedelta(seconds=1))
        assert connection.execute(earlier).all() == connection.execute(later).all() != []


@given(st.datetimes(timezones=st.sampled_from([UTC, KOLKATA])))
def test_the_ready_made_text_is_the_one_sqlalchemy_writes(instant: datetime) -> None:
    assume(datetime.min.replace(tzinfo=UTC) <= instant)  # the first hours of the year 1
    column = UtcDateTime()
    written = column.dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())
    assert written is not None
    assert sqlite_instant(instant) == written(instant)


def test_no_instant_is_no_text() -> None:
    assert sqlite_instant(None) is None


def test_sqlite_keeps_a_text_that_sorts_by_time(sqlite: Sqlite) -> None:
    opened = Database(sqlite.empty())
    INSTANTS.metadata.create_all(opened.engine)
    with opened.write() as connection:
        connection.execute(insert(INSTANTS).values(at=NOW))
    with opened.read() as connection:
        kept = connection.execute(text("SELECT at FROM instants")).scalar_one()
    opened.dispose()
    assert kept == "2026-11-24 12:00:00.000000"


def test_postgresql_keeps_the_zone() -> None:
    assert "WITH TIME ZONE" in str(UtcDateTime().compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves dialect constructors untyped
