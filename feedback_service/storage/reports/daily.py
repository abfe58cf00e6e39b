"""Answers by day: what was counted, joined with the rows of the days that changed since."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from feedback_service.domain.measures.periods import (
    ONE_DAY,
    Period,
    bounds,
    day_of,
    joined,
    start_of,
)
from feedback_service.storage.engine.database import Database
from feedback_service.storage.reports import books
from feedback_service.storage.reports.counting import DayCount, count_rows, first_after
from feedback_service.storage.reports.kept import kept_days, kept_months
from feedback_service.storage.reports.tallying import Tally

# What reads that belong together are handed, without knowing what it is.
Moment = Connection
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """Open a read transaction all of whose reads see one moment. Raises StorageUnavailable."""
    with database.read() as connection:
        if connection.dialect.name != "sqlite":  # SQLite's do so by themselves
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection


def daily_counts(  # noqa: PLR0913  # a question has these parts
    connection: Connection,
    project_id: int,
    timezone: str,
    survey_ids: Sequence[int],
    dimension: str,
    periods: Sequence[Period],
    *,
    by_day: bool = False,
) -> list[DayCount]:
    """Return the answers that count, by period, survey version and value.

    Exactly what counting the rows at this moment gives. Answers without the dimension's value are
    there as value None; for everybody's dimension that is the only one. In no order.
    periods: disjoint and in order. by_day: by day of the calendar, not by period.
    connection: of `one_moment`. Raises TooManyValues.
    """
    zone = ZoneInfo(timezone)
    book = books.of_project(connection, project_id)
    closed_until = _BEGINNING
    marked: set[tuple[int, date]] = set()
    if book is not None and book.timezone == timezone:
        closed_until = book.closed_until or _BEGINNING
        start, end = bounds(Period(periods[0].first, periods[-1].last), zone)
        marked = books.marked_days(books.marks(connection, survey_ids, start, end), zone)
    counted_days = _closed(periods, closed_until, zone)
    open_spans = [
        (max(start, closed_until), end)
        for start, end in (bounds(p, zone) for p in _open(periods, closed_until, zone))
    ]
    found: list[DayCount] = []
    for survey_id in survey_ids:
        tally = Tally(periods, by_day=by_day)
        live = {day for marked_id, day in marked if marked_id == survey_id}
        days = counted_days
        if not by_day:
            months, days = kept_months(connection, survey_id, dimension, days, live)
            tally.add_kept(months)
        kept, uncounted = kept_days(connection, survey_id, dimension, days)
        live |= uncounted
        tally.add_kept(row for row in kept if row[2] not in live)
        stretches = joined(Period(day, day) for day in sorted(live) if tally.holds(day))
        spans = [(bounds(s, zone)[0], min(bounds(s, zone)[1], closed_until)) for s in stretches]
        for span in spans + open_spans:
            for day, since, until in _with_answers(connection, survey_id, span, zone, tally):
                tally.add_live(day, count_rows(connection, survey_id, dimension, since, until))
        found += tally.counts(survey_id)
    return found


def _with_answers(
    connection: Connection,
    survey_id: int,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    tally: Tally,
) -> Iterator[tuple[date, datetime, datetime]]:
    """Yield (day, from, until) of every day with answers in a span, and those counted with it.

    Empty days cost nothing.
    """
    start, end = span
    while start < end:
        at = first_after(connection, survey_id, start, end)
        if at is None:
            return
        day = day_of(at, zone)
        until = min(start_of(tally.together(day) + ONE_DAY, zone), end)
        yield day, max(start, start_of(day, zone)), until
        start = until


def _closed(periods: Sequence[Period], closed_until: datetime, zone: ZoneInfo) -> list[Period]:
    """Return what of the periods may have been counted, at least in part."""
    last = day_of(closed_until, zone)
    return [Period(p.first, min(p.last, last)) for p in periods if p.first <= last]


def _open(periods: Sequence[Period], closed_until: datetime, zone: ZoneInfo) -> list[Period]:
    """Return what of the periods was not counted, at least in part; joined where they touch."""
    first = day_of(closed_until, zone)
    return joined(Period(max(p.first, first), p.last) for p in periods if p.last >= first)
