"""Where on the journey it hurts: every measure at every stage."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.measures.periods import Period
from feedback_service.domain.surveys import JOURNEY_STAGES
from feedback_service.storage.reports.daily import one_moment
from feedback_service.usecases.reporting.asking import Asked, scope_of
from feedback_service.usecases.reporting.figures import Measured, Reported, measured, reported
from feedback_service.usecases.reporting.gathering import gather
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Stage:
    """name: None for answers outside the journey. figures: one for each definition asked there."""

    name: str | None
    figures: tuple[tuple[Measured, Reported], ...]


@dataclass(frozen=True, slots=True)
class Journey:
    """stages: all there are, in order, also those where nobody was asked."""

    timezone: str
    period: Period
    before: Period
    stages: tuple[Stage, ...]


def journey(service: Service, project_id: int, asked: Asked, now: datetime) -> Journey:
    """Return the figures of a period by journey stage, of all surveys unless some are named.

    Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now, or_all=True)
    before = scope.period.before()
    with one_moment(service.database) as connection:
        groups = gather(connection, scope, "journey_stage", [before, scope.period]).groups
    splits = [(group, group.split(scope.period), group.split(before)) for group in groups]

    def figures(stage: str | None) -> tuple[tuple[Measured, Reported], ...]:
        return tuple(
            (measured(group), reported(group.definition, now_[stage], earlier.get(stage, {})))
            for group, now_, earlier in splits
            if stage in now_
        )

    stages = [Stage(name, figures(name)) for name in JOURNEY_STAGES]
    if elsewhere := figures(None):
        stages.append(Stage(None, elsewhere))
    return Journey(scope.project.timezone, scope.period, before, tuple(stages))
