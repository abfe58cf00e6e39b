"""What somebody wants to know: which surveys, which days; checked before anything is counted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.measures.periods import Period, day_of, period_of
from feedback_service.domain.measures.scales import METRICS, Metric
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.storage.catalog import Snapshot
from feedback_service.storage.reports.counting import COLUMNS, TRAIT
from feedback_service.usecases.service import Service

AUDIENCE: Final = "audience"
SEGMENTS: Final = (*COLUMNS, AUDIENCE)
_MAX_TRAIT_NAME: Final = 64
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One survey by its key, or every survey of one metric, or (journey only) all of them.

    first, last: days of the project's calendar, both inside; None lets period_of choose.
    """

    survey: str | None = None
    metric: Metric | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about, as it is now. surveys: in their newest versions."""

    project: Project
    surveys: tuple[Survey, ...]
    period: Period
    today: date
    snapshot: Snapshot

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.project.timezone)


def scope_of(
    service: Service, project_id: int, asked: Asked, now: datetime, *, or_all: bool = False
) -> Scope:
    """Return what a question is about. or_all: naming neither survey nor metric means all.

    Raises NotFound, InvalidValue.
    """
    snapshot = service.catalog.current()
    project = snapshot.project(project_id)
    if project is None:
        raise NotFound("there is no such project")
    today = day_of(now, ZoneInfo(project.timezone))
    period = period_of(asked.first, asked.last, today)
    surveys = _surveys(snapshot, project_id, asked, or_all)
    return Scope(project, surveys, period, today, snapshot)


def dimension_of(segment: str) -> str:
    """Check what a report is to be split by. Raises InvalidValue."""
    if segment in SEGMENTS:
        return segment
    name = segment.removeprefix(TRAIT)
    if segment.startswith(TRAIT) and 0 < len(name) <= _MAX_TRAIT_NAME and name.isprintable():
        return segment
    raise InvalidValue(
        f"no segment {segment!r}: use {', '.join(SEGMENTS)} or trait: and the name of a trait",
        "/segment",
    )


def _surveys(snapshot: Snapshot, project_id: int, asked: Asked, or_all: bool) -> tuple[Survey, ...]:
    if asked.survey is not None and asked.metric is not None:
        raise InvalidValue("give a survey or a metric, not both", "/metric")
    if asked.survey is not None:
        found = snapshot.survey(project_id, asked.survey)
        if found is None:
            others = sorted(one.key for one in snapshot.surveys(project_id))
            there_are = f"it has {', '.join(others[:_MOST_NAMED])}" if others else "it has none yet"
            raise NotFound(f"this project has no survey {asked.survey!r}: {there_are}", "/survey")
        return (found,)
    if asked.metric is None and not or_all:
        raise InvalidValue("say which: give survey, or metric for all its surveys", "/survey")
    if asked.metric not in {None, *METRICS}:
        raise InvalidValue(f"no metric {asked.metric!r}: use {', '.join(METRICS)}", "/metric")
    return tuple(
        survey
        for survey in snapshot.surveys(project_id)
        if asked.metric in {None, survey.definition.metric}
    )
