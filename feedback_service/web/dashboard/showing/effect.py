"""What leaving one response out does to the score, so that nobody polishes it unawares."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedback_service.domain.measures.metrics import Figure, figure
from feedback_service.domain.measures.periods import USUAL_DAYS, Period, day_of
from feedback_service.domain.projects import Project
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.figures import Reported
from feedback_service.usecases.reporting.summary import summary
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Effect:
    """The figure of a period with the response and without it, whichever holds now."""

    period: Period
    with_it: Figure
    without_it: Figure


def effect_of(
    service: Service, project: Project, survey: Survey, found: Response, now: datetime
) -> Effect | None:
    """Return the effect in the last 30 days, or in the month of an older response.

    None when the response changes no figure (without a score, a test, doubted), or when its figure
    is hidden to protect a small group.
    """
    if found.score is None or found.scored_at is None or found.test or found.unconfirmed:
        return None
    zone = ZoneInfo(project.timezone)
    period = _period(day_of(found.scored_at, zone), day_of(now, zone))
    asked = Asked(survey=survey.key, first=period.first, last=period.last)
    for what, one in summary(service, project.id, asked, now).figures:
        if what.definition.carried() == survey.definition.carried():
            return _effect(survey, found, period, one)
    return None


def _effect(survey: Survey, found: Response, period: Period, one: Reported) -> Effect | None:
    if one.figure is None or found.score is None:
        return None
    other = dict(one.distribution)
    other[found.score] += 1 if found.excluded else -1
    if other[found.score] < 0:
        return None
    changed = figure(survey.definition.metric, other, survey.definition.bands)
    return (
        Effect(period, changed, one.figure)
        if found.excluded
        else Effect(period, one.figure, changed)
    )


def _period(answered: date, today: date) -> Period:
    first = today - timedelta(days=USUAL_DAYS - 1)
    return Period(first, today) if answered >= first else Period(answered, answered).whole("month")
