"""Adds the counts of days up to those of months, and writes both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from feedback_service.domain.measures.periods import Period
from feedback_service.storage.reports.packing import Packed, has_many_values, packed_month
from feedback_service.storage.tables.reports import report_counts

# (day, version_id, dimension)
Unkept = tuple[date, int, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of a day, or of the month that begins with it."""

    survey_id: int
    day: date
    packed: Packed


@dataclass(frozen=True, slots=True)
class Month:
    """days: day -> what is kept of it, or will be."""

    survey_id: int
    month: Period
    days: dict[date, Packed]


def read_month(
    connection: Connection,
    survey_id: int,
    month: Period,
    fresh: Mapping[tuple[int, date], Packed],
) -> Month:
    """Read what is kept of the days of a month; adding it up then needs no connection.

    fresh: (survey_id, day) -> what will be kept instead.
    """
    rows = connection.execute(
        select(
            report_counts.c.day,
            report_counts.c.version_id,
            report_counts.c.dimension,
            report_counts.c.counts,
        ).where(
            report_counts.c.survey_id == survey_id,
            report_counts.c.span == "day",
            report_counts.c.day >= month.first,
            report_counts.c.day <= month.last,
        )
    )
    days: dict[date, Packed] = {}
    for day, version_id, dimension, counts in rows:
        days.setdefault(day, {})[version_id, dimension] = counts
    for (of_survey, day), packed in fresh.items():
        if of_survey == survey_id and month.holds(day):
            days[day] = packed
    return Month(survey_id, month, days)


def added_up(found: Month) -> tuple[Counted, list[Unkept]]:
    """Return a month's counts, and which counts of its days are not worth their room any more.

    Those have many values, and so has the month: hardly two answers share one.
    """
    days = [
        (day, version_id, dimension, counts)
        for day, packed in found.days.items()
        for (version_id, dimension), counts in packed.items()
    ]
    packed = packed_month((v, dimension, counts) for _day, v, dimension, counts in days)
    unknown = {(v, dimension) for _day, v, dimension, counts in days if counts is None}
    too_many = {key for key, counts in packed.items() if counts is None} - unknown
    unkept = [
        (day, version_id, dimension)
        for day, version_id, dimension, counts in days
        if counts is not None and (version_id, dimension) in too_many and has_many_values(counts)
    ]
    return Counted(found.survey_id, found.month.first, packed), unkept


def write_counts(connection: Connection, span: str, one: Counted) -> None:
    """Write the counts of a day or month in the place of those there were."""
    connection.execute(
        delete(report_counts).where(
            report_counts.c.survey_id == one.survey_id,
            report_counts.c.day == one.day,
            report_counts.c.span == span,
        )
    )
    kind = {"survey_id": one.survey_id, "span": span, "day": one.day}
    rows = [
        {**kind, "dimension": dimension, "version_id": version_id, "counts": counts}
        for (version_id, dimension), counts in one.packed.items()
    ]
    if rows:
        connection.execute(insert(report_counts), rows)


def forget_counts(connection: Connection, survey_id: int, unkept: Sequence[Unkept]) -> None:
    """Forget counts of days: a report counts their rows."""
    for day, version_id, dimension in unkept:
        connection.execute(
            update(report_counts)
            .where(
                report_counts.c.survey_id == survey_id,
                report_counts.c.span == "day",
                report_counts.c.dimension == dimension,
                report_counts.c.day == day,
                report_counts.c.version_id == version_id,
            )
            .values(counts=None)
        )
