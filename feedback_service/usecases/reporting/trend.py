"""How it went: one figure for each day, week or month."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.measures.periods import Period, Step, check_steps
from feedback_service.storage.reports.counting import EVERYBODY
from feedback_service.storage.reports.daily import one_moment
from feedback_service.usecases.reporting.asking import Asked, Scope, scope_of
from feedback_service.usecases.reporting.figures import (
    Measured,
    Reported,
    measured,
    reported,
    reported_after,
)
from feedback_service.usecases.reporting.gathering import Group, gather
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Point:
    """is_partial: the step is not over yet, or the period cut it off."""

    period: Period
    reported: Reported
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """lines: one for each definition, the newest first; each has the same steps."""

    timezone: str
    period: Period
    by: Step
    lines: tuple[tuple[Measured, tuple[Point, ...]], ...]


def trend(service: Service, project_id: int, asked: Asked, by: Step, now: datetime) -> Trend:
    """Return the figures of a period step by step, each compared with the step before it.

    Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now)
    check_steps(scope.period, by)
    steps = scope.period.steps(by)
    before = steps[0].before()
    with one_moment(service.database) as connection:
        groups = gather(connection, scope, EVERYBODY, [before, *steps]).groups
    lines = tuple((measured(group), _points(scope, group, by, before, steps)) for group in groups)
    return Trend(scope.project.timezone, scope.period, by, lines)


def _points(
    scope: Scope, group: Group, by: Step, before: Period, steps: list[Period]
) -> tuple[Point, ...]:
    found = []
    # Only the ends of the period can cut a step off.
    cut_off = {step for step in (steps[0], steps[-1]) if step != step.whole(by)}
    earlier = reported(group.definition, group.total(before)).figure
    for step in steps:
        is_partial = step.last >= scope.today or step in cut_off
        one = reported_after(group.definition, group.total(step), earlier)
        found.append(Point(step, one, is_partial))
        earlier = one.figure
    return tuple(found)
