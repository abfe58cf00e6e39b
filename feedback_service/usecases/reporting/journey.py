"""Where on the journey it hurts: every measure at every stage."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.measures.periods import Period
from feedback_service.domain.surveys import JOURNEY_STAGES
from feedback_service.storage.reports.daily import one_moment
from feedback_service.usecases.reporting.asking import Asked, Scope, scope_of
from feedback_service.usecases.reporting.figures import Measured, Reported, reported
from feedback_service.usecases.reporting.gathering import Gathered, Group, gather
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Stage:
    """name: None for answers outside the journey.

    figures: one for each definition asked there, with the surveys that are at this stage.
    """

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
        found = gather(connection, scope, "journey_stage", [before, scope.period])
    splits = [(group, group.split(scope.period), group.split(before)) for group in found.groups]
    keys = _keys(scope, found)

    def at_stage(group: Group, stage: str | None) -> Measured:
        return Measured(
            group.definition, tuple(sorted(keys.get((id(group), stage), group.surveys)))
        )

    def figures(stage: str | None) -> tuple[tuple[Measured, Reported], ...]:
        return tuple(
            (
                at_stage(group, stage),
                reported(group.definition, now_[stage], earlier.get(stage, {})),
            )
            for group, now_, earlier in splits
            if stage in now_
        )

    stages = [Stage(name, figures(name)) for name in JOURNEY_STAGES]
    if elsewhere := figures(None):
        stages.append(Stage(None, elsewhere))
    return Journey(scope.project.timezone, scope.period, before, tuple(stages))


def _keys(scope: Scope, found: Gathered) -> dict[tuple[int, str | None], set[str]]:
    """Return (group, stage) -> keys of the surveys that were answered there in the period.

    Of employees and partners those that ask there: who answered what is not told.
    """
    keys: dict[tuple[int, str | None], set[str]] = {}
    for version_id, group in found.of_version.items():
        version = scope.snapshot.survey_version(version_id)
        assert version is not None, "a survey version with responses is never deleted"
        if group.is_protected:
            keys.setdefault((id(group), version.definition.journey_stage), set()).add(version.key)
    for cell in found.cells:
        group = found.of_version[cell.version_id]
        if not group.is_protected and any(cell.scores) and scope.period.holds(cell.day):
            version = scope.snapshot.survey_version(cell.version_id)
            assert version is not None, "a survey version with responses is never deleted"
            keys.setdefault((id(group), cell.value), set()).add(version.key)
    return keys
