"""Is it different: two periods, or two segments of one period."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.metrics import Change, change
from feedback_service.domain.measures.periods import Period
from feedback_service.storage.reports.counting import EVERYBODY
from feedback_service.storage.reports.daily import one_moment
from feedback_service.usecases.reporting.asking import Asked, dimension_of, scope_of
from feedback_service.usecases.reporting.figures import Measured, Reported, measured, reported
from feedback_service.usecases.reporting.gathering import gather
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Compared:
    """change: from a to b; None when one of them is hidden."""

    measured: Measured
    a: Reported
    b: Reported
    change: Change | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """a, b: what was compared, a period and, between segments, its value.

    definitions: one for each definition, the newest first.
    """

    timezone: str
    a: tuple[Period, str | None]
    b: tuple[Period, str | None]
    segment: str | None
    definitions: tuple[Compared, ...]


def compare_periods(
    service: Service, project_id: int, asked: Asked, against: Period, now: datetime
) -> Comparison:
    """Compare an earlier or other period (a) with the one asked for (b).

    Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now)
    if against.first <= scope.period.last and scope.period.first <= against.last:
        raise InvalidValue("the two periods share days: compare others", "/against_from")
    both = sorted((against, scope.period), key=lambda period: period.first)
    with one_moment(service.database) as connection:
        groups = gather(connection, scope, EVERYBODY, both).groups
    found = tuple(
        _compared(
            measured(group),
            reported(group.definition, group.total(against)),
            reported(group.definition, group.total(scope.period)),
        )
        for group in groups
    )
    return Comparison(scope.project.timezone, (against, None), (scope.period, None), None, found)


def compare_segments(
    service: Service,
    project_id: int,
    asked: Asked,
    segment: str,
    values: tuple[str, str],
    now: datetime,
) -> Comparison:
    """Compare two values of a segment in one period. Raises NotFound, InvalidValue."""
    dimension = dimension_of(segment)
    a, b = values
    if a == b:
        raise InvalidValue(f"{a!r} cannot differ from itself: give two values", "/b")
    scope = scope_of(service, project_id, asked, now)
    with one_moment(service.database) as connection:
        groups = gather(connection, scope, dimension, [scope.period]).groups
    splits = [(group, group.split(scope.period)) for group in groups]
    found = tuple(
        _compared(
            measured(group),
            reported(group.definition, parts.get(a, {})),
            reported(group.definition, parts.get(b, {})),
        )
        for group, parts in splits
    )
    return Comparison(scope.project.timezone, (scope.period, a), (scope.period, b), segment, found)


def _compared(measure: Measured, a: Reported, b: Reported) -> Compared:
    if a.figure is None or b.figure is None:
        return Compared(measure, a, b, None)
    return Compared(measure, a, b, change(a.figure, b.figure))
