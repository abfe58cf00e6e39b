"""Keeps the counts of reports: a dispatcher calls this every few seconds.

Answers are counted by day once they are a few minutes old (`closed_until` of the project's book).
From then on the triggers on responses mark whatever changes them, in the transaction of the
change; a marked day is counted from the rows by every report until the next sweep has counted it
again. So a report is exact at every moment, and the usual answer costs nothing more.

How nothing is missed. First `marking_until` is moved ahead, and committed: who writes an older
answer from now on marks it. Then every transaction that may not have seen this must have ended
(`barrier`; on SQLite writers take turns). Only then the answers up to there are counted, and
`closed_until` follows. Marks are taken away only as they were when the counting began. Two
dispatchers may do all this at once: the book's version lets one of them write.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Text, cast, select

from feedback_service.domain.measures.periods import ONE_DAY, Period, bounds, day_of, start_of
from feedback_service.domain.projects import Project
from feedback_service.storage import projects
from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database
from feedback_service.storage.reports import books
from feedback_service.storage.reports.adding_up import (
    Counted,
    Month,
    added_up,
    forget_counts,
    read_month,
    write_counts,
)
from feedback_service.storage.reports.books import UNKNOWN_BARRIER, Mark
from feedback_service.storage.reports.counting import COLUMNS, between, counted, first_after
from feedback_service.storage.reports.packing import packed_day
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys

# Longer than the two minutes after which the triggers begin to look (migration 0006).
SETTLED_AFTER: Final = timedelta(minutes=5)
# How much is left to be counted from the rows before it is worth counting today once more.
WORTH_COUNTING: Final = timedelta(minutes=15)
# A reader of SQLite with a rollback journal holds up writers: look for this long at most.
LOOK_S: Final = 0.2
# Each marked day has its whole month read, which may be heavy.
MOST_MONTHS: Final = 3
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def sweep(database: Database, now: datetime) -> bool:
    """Count a little more of every project; True when there is more to do at once.

    now: no answer older than five minutes at this time, or at the database's own, is left out
    for ever. Raises StorageUnavailable.
    """
    with database.read() as connection:
        known = projects.every(connection)
    more = [_sweep_project(database, project, now) for project in known]
    return any(more)


def _sweep_project(database: Database, project: Project, now: datetime) -> bool:
    target = _move_marking(database, project, now)
    with database.read() as connection:
        counting = _Counting(connection, project, target)
        counting.run()
    return counting.found_work and _keep(database, counting)


def _move_marking(database: Database, project: Project, now: datetime) -> datetime | None:
    """Announce up to when answers will be counted next; None when it is too early for that."""
    with database.read() as connection:
        book = books.of_project(connection, project.id)
        target = min(now, clock.read(connection).at) - SETTLED_AFTER
    if book is not None and book.timezone == project.timezone:
        under_way = book.marking_until != book.closed_until
        if under_way and book.barrier == UNKNOWN_BARRIER:
            _ask_for_barrier(database, project)
        if under_way:
            return book.marking_until
        if book.closed_until is not None and target < book.closed_until + WORTH_COUNTING:
            return None
    with database.write() as connection:
        book = books.begin(connection, project.id, project.timezone)
        if book.marking_until is not None and book.marking_until >= target:
            return book.marking_until
        moved = replace(book, marking_until=target, barrier=UNKNOWN_BARRIER)
        books.change(connection, replace(moved, version=book.version + 1))
    _ask_for_barrier(database, project)
    return target


def _ask_for_barrier(database: Database, project: Project) -> None:
    """In a transaction of its own: it must begin when the marking is there for all to see."""
    with database.write() as connection:
        book = books.begin(connection, project.id, project.timezone)
        barrier = books.barrier(connection)
        books.change(connection, replace(book, barrier=barrier, version=book.version + 1))


class _Counting:
    """What one look at the rows found. Marks are read first, so that none is taken for counted."""

    def __init__(self, connection: Connection, project: Project, target: datetime | None) -> None:
        self._connection = connection
        self._zone = ZoneInfo(project.timezone)
        self._until = monotonic() + LOOK_S
        self._target = target
        self.book = books.of_project(connection, project.id)
        self.survey_ids: Sequence[int] = (
            connection.execute(select(surveys.c.id).where(surveys.c.project_id == project.id))
            .scalars()
            .all()
        )
        self.marks: list[Mark] = []
        self.counted: list[Counted] = []
        self.months: list[Month] = []
        self.closed_until: datetime | None = None

    @property
    def found_work(self) -> bool:
        return bool(self.marks) or self.closed_until is not None

    def run(self) -> None:
        book = self.book
        if book is None or book.timezone != self._zone.key:
            return
        closed_until = book.closed_until or _BEGINNING
        self._count_marked(closed_until)
        if (
            book.marking_until is not None
            and book.marking_until == self._target
            and books.passed(self._connection, book.barrier)
        ):
            self._close(closed_until, book.marking_until)
        fresh = {(one.survey_id, one.day): one.packed for one in self.counted}
        self.months = [
            read_month(self._connection, survey_id, month, fresh)
            for survey_id, month in self._months_to_add_up()
        ]

    def _count_marked(self, closed_until: datetime) -> None:
        """Count some days that changed: those of at least one mark, which may lie on two."""
        waiting = books.marks(self._connection, self.survey_ids, _BEGINNING, closed_until)
        waiting.sort(key=lambda mark: (mark.survey_id, mark.hour))
        done: set[tuple[int, date]] = set()
        months: set[tuple[int, date]] = set()
        for mark in waiting:
            if done and (monotonic() > self._until or len(months) > MOST_MONTHS):
                break
            for survey_id, day in books.marked_days([mark], self._zone) - done:
                self._count(survey_id, day, closed_until)
                done.add((survey_id, day))
                months.add((survey_id, day.replace(day=1)))
        self.marks = [m for m in waiting if books.marked_days([m], self._zone) <= done]

    def _months_to_add_up(self) -> set[tuple[int, Period]]:
        """Return (survey_id, month) of months all closed, of which a day was counted, or the end.

        The end may come without an answer on the last day.
        """
        found = {(one.survey_id, _month_of(one.day)) for one in self.counted}
        closed_until = self.closed_until
        if self.book is not None and self.book.closed_until is not None:
            begun = _month_of(day_of(self.book.closed_until, self._zone))
            found |= {(survey_id, begun) for survey_id in self.survey_ids}
            closed_until = closed_until or self.book.closed_until
        return {
            (survey_id, month)
            for survey_id, month in found
            if closed_until is not None and bounds(month, self._zone)[1] <= closed_until
        }

    def _close(self, start: datetime, target: datetime) -> None:
        while start < target:
            if self.counted and monotonic() > self._until:
                break
            firsts = [first_after(self._connection, s, start, target) for s in self.survey_ids]
            at = min((first for first in firsts if first is not None), default=None)
            if at is None:
                start = target
                break
            day = day_of(at, self._zone)
            start = min(start_of(day + ONE_DAY, self._zone), target)
            for survey_id, first in zip(self.survey_ids, firsts, strict=True):
                if first is not None and first < start:
                    self._count(survey_id, day, start)
        self.closed_until = start

    def _count(self, survey_id: int, day: date, closed_until: datetime) -> None:
        start = start_of(day, self._zone)
        end = min(start_of(day + ONE_DAY, self._zone), closed_until)
        rows = self._connection.execute(
            select(
                responses.c.version_id,
                responses.c.score,
                cast(responses.c.traits, Text),
                *(responses.c[name] for name in COLUMNS),
            ).where(counted(), between(survey_id, start, end))
        )
        found = packed_day(rows.all())
        # Of two countings of one day the later one, which reaches further, is kept.
        self.counted = [c for c in self.counted if (c.survey_id, c.day) != (survey_id, day)]
        self.counted.append(Counted(survey_id, day, found))


def _keep(database: Database, counting: _Counting) -> bool:
    """Write what was counted, unless another dispatcher was quicker; True when more may wait."""
    seen = counting.book
    assert seen is not None, "nothing is counted without a book"
    # Outside any transaction: a month of many values is work, and writers would wait for it.
    months = [added_up(month) for month in counting.months]
    with database.write() as connection:
        book = books.of_project(connection, seen.project_id, locked=True)
        if book is None or book.version != seen.version:
            return True
        closed_until = counting.closed_until or book.closed_until
        for one in counting.counted:
            write_counts(connection, "day", one)
        for month, unkept in months:
            write_counts(connection, "month", month)
            forget_counts(connection, month.survey_id, unkept)
        books.wipe(connection, counting.marks)
        books.change(connection, replace(book, closed_until=closed_until, version=book.version + 1))
    return True


def _month_of(day: date) -> Period:
    return Period(day, day).whole("month")
