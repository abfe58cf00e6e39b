"""Answers by day: what was counted, joined with the rows of the days that changed since."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, text

from feedback_service.domain.measures.periods import ONE_DAY, Period, bounds, day_of, start_of
from feedback_service.storage.engine.database import Database
from feedback_service.storage.reports import books
from feedback_service.storage.reports.counting import (
    EVERYBODY,
    TRAIT,
    DayCount,
    count_rows,
    first_after,
)
from feedback_service.storage.reports.packing import TRAITS, unpacked
from feedback_service.storage.tables.reports import report_counts

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """Open a read transaction all of whose reads see one moment. Raises StorageUnavailable."""
    with database.read() as connection:
        if connection.dialect.name != "sqlite":  # SQLite's do so by themselves
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection


def daily_counts(
    connection: Connection,
    project_id: int,
    timezone: str,
    survey_ids: Sequence[int],
    dimension: str,
    period: Period,
) -> list[DayCount]:
    """Return the answers that count, by day of the calendar, survey version and value.

    Exactly what counting the rows at this moment gives. Answers without the dimension's value are
    there as value None; for everybody's dimension that is the only one. In no order.
    connection: of `one_moment`.
    """
    zone = ZoneInfo(timezone)
    book = books.of_project(connection, project_id)
    start, end = bounds(period, zone)
    closed_until = _BEGINNING
    found: list[DayCount] = []
    live: set[tuple[int, date]] = set()
    if book is not None and book.timezone == timezone:
        closed_until = book.closed_until or _BEGINNING
        live = books.marked_days(books.marks(connection, survey_ids, start, end), zone)
        kept, uncounted = _kept(connection, survey_ids, dimension, period)
        live |= uncounted
        found = [one for one in kept if (one.survey_id, one.day) not in live]
    for survey_id, day in live:
        if period.holds(day):
            whole = start_of(day, zone), min(start_of(day + ONE_DAY, zone), closed_until)
            found += _counted_live(connection, survey_id, dimension, *whole, zone)
    for survey_id in survey_ids:
        open_part = max(start, closed_until), end
        found += _counted_live(connection, survey_id, dimension, *open_part, zone)
    return found


def days_with_answers(
    connection: Connection, survey_id: int, start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime, datetime]]:
    """Yield (day, from, until) of each day that has an answer between; empty days cost nothing."""
    while start < end:
        at = first_after(connection, survey_id, start, end)
        if at is None:
            return
        day = day_of(at, zone)
        until = min(start_of(day + ONE_DAY, zone), end)
        yield day, max(start, start_of(day, zone)), until
        start = until


def _counted_live(
    connection: Connection,
    survey_id: int,
    dimension: str,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
) -> Iterator[DayCount]:
    for day, since, until in days_with_answers(connection, survey_id, start, end, zone):
        for version_id, value, scores in count_rows(connection, survey_id, dimension, since, until):
            yield DayCount(day, survey_id, version_id, value, scores)


def _kept(
    connection: Connection, survey_ids: Sequence[int], dimension: str, period: Period
) -> tuple[list[DayCount], set[tuple[int, date]]]:
    """Return what was counted, and (survey_id, day) where the rows must be asked."""
    dimensions = {EVERYBODY, dimension} | ({TRAITS} if dimension.startswith(TRAIT) else set())
    rows = connection.execute(
        select(
            report_counts.c.survey_id,
            report_counts.c.day,
            report_counts.c.version_id,
            report_counts.c.dimension,
            report_counts.c.counts,
        ).where(
            report_counts.c.survey_id.in_(survey_ids),
            report_counts.c.dimension.in_(sorted(dimensions)),
            report_counts.c.day >= period.first,
            report_counts.c.day <= period.last,
        )
    ).all()
    found: list[DayCount] = []
    uncounted: set[tuple[int, date]] = set()
    valued: dict[tuple[int, date, int], list[int]] = {}
    everybody: dict[tuple[int, date, int], list[int]] = {}
    for survey_id, day, version_id, told_apart_by, counts in rows:
        if counts is None:
            uncounted.add((survey_id, day))
            continue
        for value, scores in unpacked(counts):
            if told_apart_by == EVERYBODY:
                everybody[survey_id, day, version_id] = scores
                continue
            found.append(DayCount(day, survey_id, version_id, value, scores))
            _add(valued.setdefault((survey_id, day, version_id), []), scores)
    for (survey_id, day, version_id), scores in everybody.items():
        others = valued.get((survey_id, day, version_id), [])
        rest = _without(scores, others) if others else scores
        if any(rest):
            found.append(DayCount(day, survey_id, version_id, None, rest))
    return found, uncounted


def _add(to: list[int], scores: Sequence[int]) -> None:
    to.extend([0] * (len(scores) - len(to)))
    for score, people in enumerate(scores):
        to[score] += people


def _without(scores: Sequence[int], others: Sequence[int]) -> list[int]:
    padded = [*others, *[0] * (len(scores) - len(others))]
    return [people - other for people, other in zip(scores, padded, strict=True)]
