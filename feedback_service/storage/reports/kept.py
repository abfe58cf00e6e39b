"""Reads the counts that are kept, of whole months where there are any, of days for the rest."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from feedback_service.domain.measures.periods import ONE_DAY, Period, joined
from feedback_service.storage.reports.counting import EVERYBODY, TRAIT
from feedback_service.storage.reports.packing import TRAITS
from feedback_service.storage.reports.tallying import KeptRow
from feedback_service.storage.tables.reports import report_counts

# More stretches than this are read as one, and what lies between them is thrown away.
_MOST_STRETCHES: Final = 60

# (version_id, dimension, day, counts)
_Row = tuple[int, str, date, str | None]


def kept_months(
    connection: Connection,
    survey_id: int,
    dimension: str,
    periods: Sequence[Period],
    marked: Iterable[date],
) -> tuple[list[KeptRow], list[Period]]:
    """Return the counts of whole months without a marked day, and what is left of the periods."""
    spoilt = {day.replace(day=1) for day in marked}
    months = {m.first: m for p in periods for m in p.months() if m.first not in spoilt}
    if not months:
        return [], list(periods)
    rows = _read(connection, survey_id, "month", dimension, [Period(min(months), max(months))])
    found, unknown = _known([row for row in rows if row[2] in months])
    known = {day for _version, _dimension, day, _counts in rows if day in months} - unknown
    return found, _without(periods, [months[day] for day in sorted(known)])


def kept_days(
    connection: Connection, survey_id: int, dimension: str, periods: Sequence[Period]
) -> tuple[list[KeptRow], set[date]]:
    """Return the counts of days, more than asked for at times, and days whose rows must be asked.

    The latter may lie outside the periods too.
    """
    if not periods:
        return [], set()
    stretches = joined(periods)
    if len(stretches) > _MOST_STRETCHES:
        stretches = [Period(stretches[0].first, stretches[-1].last)]
    return _known(_read(connection, survey_id, "day", dimension, stretches))


def _known(rows: Sequence[_Row]) -> tuple[list[KeptRow], set[date]]:
    """Return the rows of all days of which every count is kept, and the days of the others."""
    unknown = {day for _version, _dimension, day, counts in rows if counts is None}
    known = [
        (version_id, dimension, day, counts)
        for version_id, dimension, day, counts in rows
        if counts is not None and day not in unknown
    ]
    return known, unknown


def _read(
    connection: Connection, survey_id: int, span: str, dimension: str, periods: Sequence[Period]
) -> list[_Row]:
    dimensions = {EVERYBODY, dimension} | ({TRAITS} if dimension.startswith(TRAIT) else set())
    query = _query(span, tuple(sorted(dimensions)), tuple(periods))
    rows = connection.execute(query, {"survey": survey_id})
    return [(version_id, named, day, counts) for version_id, named, day, counts in rows.all()]


@lru_cache(maxsize=64)  # a project of many surveys asks each of them the same
def _query(span: str, dimensions: tuple[str, ...], periods: tuple[Period, ...]) -> Select[Any]:
    return select(
        report_counts.c.version_id,
        report_counts.c.dimension,
        report_counts.c.day,
        report_counts.c.counts,
    ).where(
        report_counts.c.survey_id == bindparam("survey"),
        report_counts.c.span == span,
        report_counts.c.dimension.in_(dimensions),
        or_(*(_inside(period) for period in periods)),
    )


def _inside(period: Period) -> ColumnElement[Any]:
    return and_(report_counts.c.day >= period.first, report_counts.c.day <= period.last)


def _without(periods: Sequence[Period], months: Sequence[Period]) -> list[Period]:
    """Return the periods without some months, each of which lies wholly inside one of them."""
    left: list[Period] = []
    for period in periods:
        first = period.first
        for month in months:
            if not period.holds(month.first):
                continue
            if first < month.first:
                left.append(Period(first, month.first - ONE_DAY))
            first = month.last + ONE_DAY
        if first <= period.last:
            left.append(Period(first, period.last))
    return left
