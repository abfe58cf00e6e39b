"""Reads the counts that are kept, of whole months where there are any, of days for the rest."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from feedback_service.domain.measures.periods import ONE_DAY, Period
from feedback_service.storage.reports.counting import EVERYBODY, TRAIT, DayCount
from feedback_service.storage.reports.packing import TRAITS, unpacked
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
) -> tuple[list[DayCount], list[Period]]:
    """Return the counts of whole months without a marked day, and what is left of the periods."""
    spoilt = {day.replace(day=1) for day in marked}
    months = {m.first: m for p in periods for m in p.months() if m.first not in spoilt}
    if not months:
        return [], list(periods)
    rows = _read(connection, survey_id, "month", dimension, [Period(min(months), max(months))])
    rows = [row for row in rows if row[2] in months]
    unknown = {day for _version, _dimension, day, counts in rows if counts is None}
    known = {day for _version, _dimension, day, _counts in rows} - unknown
    found = _valued(survey_id, dimension, [row for row in rows if row[2] in known])
    return found, _without(periods, [months[day] for day in sorted(known)])


def kept_days(
    connection: Connection, survey_id: int, dimension: str, periods: Sequence[Period]
) -> tuple[list[DayCount], set[date]]:
    """Return the counts of days, and the days whose rows must be asked."""
    if not periods:
        return [], set()
    stretches = _joined(periods)
    if len(stretches) > _MOST_STRETCHES:
        stretches = [Period(stretches[0].first, stretches[-1].last)]
    rows = _read(connection, survey_id, "day", dimension, stretches)
    if len(_joined(periods)) > _MOST_STRETCHES:
        rows = [row for row in rows if any(period.holds(row[2]) for period in periods)]
    unknown = {day for _version, _dimension, day, counts in rows if counts is None}
    return _valued(survey_id, dimension, [row for row in rows if row[2] not in unknown]), unknown


def _read(
    connection: Connection, survey_id: int, span: str, dimension: str, periods: Sequence[Period]
) -> list[_Row]:
    dimensions = {EVERYBODY, dimension} | ({TRAITS} if dimension.startswith(TRAIT) else set())
    rows = connection.execute(
        select(
            report_counts.c.version_id,
            report_counts.c.dimension,
            report_counts.c.day,
            report_counts.c.counts,
        ).where(
            report_counts.c.survey_id == survey_id,
            report_counts.c.span == span,
            report_counts.c.dimension.in_(sorted(dimensions)),
            or_(*(_inside(period) for period in periods)),
        )
    )
    return [(version_id, named, day, counts) for version_id, named, day, counts in rows]


def _inside(period: Period) -> ColumnElement[Any]:
    return and_(report_counts.c.day >= period.first, report_counts.c.day <= period.last)


def _valued(survey_id: int, dimension: str, rows: Sequence[_Row]) -> list[DayCount]:
    """Return the counts by value; who has none is what the values lack of everybody."""
    found: list[DayCount] = []
    everybody: dict[tuple[int, date], list[int]] = {}
    with_value: dict[tuple[int, date], list[list[int]]] = {}
    for version_id, told_apart_by, day, counts in rows:
        assert counts is not None, "the caller left these out"
        for value, scores in unpacked(counts):
            if told_apart_by == EVERYBODY:
                everybody[version_id, day] = scores
            else:
                found.append(DayCount(day, survey_id, version_id, value, scores))
                with_value.setdefault((version_id, day), []).append(scores)
    for (version_id, day), scores in everybody.items():
        rest = list(scores)
        for others in with_value.get((version_id, day), ()):
            for score, people in enumerate(others):
                rest[score] -= people
        if any(rest):
            found.append(DayCount(day, survey_id, version_id, None, rest))
    return found


def _joined(periods: Sequence[Period]) -> list[Period]:
    """Return the same days in as few stretches as there can be."""
    found: list[Period] = []
    for period in periods:
        if found and found[-1].last + ONE_DAY == period.first:
            found[-1] = Period(found[-1].first, period.last)
        else:
            found.append(period)
    return found


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
