"""How far each project's answers are counted, and which counted days changed since."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.measures.periods import day_of
from feedback_service.storage.tables.reports import report_books, report_counts, report_marks
from feedback_service.storage.tables.surveys import surveys

_HOUR: Final = timedelta(hours=1)
# A barrier that nothing passes: who moved the marking has not asked for the true one yet.
UNKNOWN_BARRIER: Final = 2**62


@dataclass(frozen=True, slots=True)
class Book:
    """See tables/reports.py."""

    project_id: int
    timezone: str
    closed_until: datetime | None
    marking_until: datetime | None
    barrier: int
    version: int


@dataclass(frozen=True, slots=True)
class Mark:
    survey_id: int
    hour: datetime
    writer: int
    times: int


def of_project(connection: Connection, project_id: int, *, locked: bool = False) -> Book | None:
    """Return a project's book; locked: until the transaction ends (PostgreSQL)."""
    query = select(report_books).where(report_books.c.project_id == project_id)
    row = connection.execute(query.with_for_update() if locked else query).first()
    return None if row is None else Book(*row)


def begin(connection: Connection, project_id: int, timezone: str) -> Book:
    """Open a project's book, or begin it anew when the project moved to another time zone."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = Book(project_id, timezone, None, None, 0, 1)
    connection.execute(
        build(report_books)
        .values(_values(fresh))
        .on_conflict_do_nothing(index_elements=["project_id"])
    )
    found = of_project(connection, project_id, locked=True)
    assert found is not None, "it was there or went in"
    if found.timezone == timezone:
        return found
    mine = select(surveys.c.id).where(surveys.c.project_id == project_id)
    connection.execute(delete(report_counts).where(report_counts.c.survey_id.in_(mine)))
    book = Book(project_id, timezone, None, None, 0, found.version + 1)
    change(connection, book)
    return book


def change(connection: Connection, book: Book) -> None:
    """Write a book over its row."""
    connection.execute(
        update(report_books)
        .where(report_books.c.project_id == book.project_id)
        .values(_values(book))
    )


def marks(
    connection: Connection, survey_ids: Sequence[int], start: datetime, end: datetime
) -> list[Mark]:
    """Return the marks that may lie on answers from start until before end."""
    rows = connection.execute(
        select(report_marks).where(
            report_marks.c.survey_id.in_(survey_ids),
            report_marks.c.hour > start - _HOUR,
            report_marks.c.hour < end,
        )
    )
    return [Mark(*row) for row in rows]


def marked_days(found: Iterable[Mark], zone: ZoneInfo) -> set[tuple[int, date]]:
    """Return (survey_id, day) of the marks: an hour may lie on two days of a calendar."""
    return {
        (mark.survey_id, day_of(at, zone))
        for mark in found
        for at in (mark.hour, mark.hour + _HOUR - timedelta(microseconds=1))
    }


def wipe(connection: Connection, seen: Collection[Mark]) -> None:
    """Take away marks, but for those that were renewed since they were seen."""
    for mark in seen:
        connection.execute(
            delete(report_marks).where(
                report_marks.c.survey_id == mark.survey_id,
                report_marks.c.hour == mark.hour,
                report_marks.c.writer == mark.writer,
                report_marks.c.times == mark.times,
            )
        )


def barrier(connection: Connection) -> int:
    """Return a number such that transactions seen to be running now have smaller ones."""
    return _snapshot(connection, "pg_snapshot_xmax")


def passed(connection: Connection, number: int) -> bool:
    """Tell whether every transaction below the barrier has ended, and its rows can be seen."""
    return number <= _snapshot(connection, "pg_snapshot_xmin")


def _values(book: Book) -> dict[str, Any]:
    return {column.name: getattr(book, column.name) for column in report_books.columns}


def _snapshot(connection: Connection, edge: str) -> int:
    if connection.dialect.name == "sqlite":
        return 0  # its writers take turns: none is under way
    shown = text(f"SELECT CAST(CAST({edge}(pg_current_snapshot()) AS text) AS bigint)")
    return int(connection.execute(shown).scalar_one())
