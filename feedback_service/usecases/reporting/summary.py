"""How are we doing: the score of a period, whether it changed, and how many answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedback_service.domain.measures.metrics import Counts, Rate, rate
from feedback_service.domain.measures.periods import Period
from feedback_service.domain.surveys import Survey
from feedback_service.storage import counts
from feedback_service.storage.reports.daily import Moment, one_moment
from feedback_service.usecases.reporting.asking import Asked, Scope, scope_of
from feedback_service.usecases.reporting.figures import Measured, Reported, measured, reported
from feedback_service.usecases.reporting.gathering import Gathered, gather, gather_each
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class SurveyRate:
    """How many of those asked gave a score. channels: channel -> the same.

    A rate of None is hidden: too few people answered.
    """

    survey: str
    overall: Rate | None
    channels: Mapping[str, Rate | None]


@dataclass(frozen=True, slots=True)
class Summary:
    """figures: one for each definition, never mixed; the newest first."""

    timezone: str
    period: Period
    before: Period
    figures: tuple[tuple[Measured, Reported], ...]
    rates: tuple[SurveyRate, ...]


def summary(service: Service, project_id: int, asked: Asked, now: datetime) -> Summary:
    """Return the figures of a period, compared with the period before it.

    Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now)
    before = scope.period.before()
    with one_moment(service.database) as moment:
        gathered = gather(moment, scope, "channel", [before, scope.period])
        issued = _issued(moment, scope)
    return _told(scope, gathered, issued)


def summaries(
    service: Service, project_id: int, surveys: Sequence[Survey], asked: Asked, now: datetime
) -> dict[str, Summary]:
    """Return survey key -> its summary, of one moment and read in one go.

    asked: the period; each summary is what `summary` returns for that survey.
    Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now, or_all=True)
    scope = replace(scope, surveys=tuple(surveys))
    periods = [scope.period.before(), scope.period]
    with one_moment(service.database) as moment:
        issued = _issued(moment, scope)
        return {
            survey.key: _told(replace(scope, surveys=(survey,)), gathered, issued)
            for survey, gathered in gather_each(moment, scope, "channel", periods)
        }


def _issued(moment: Moment, scope: Scope) -> Mapping[int, Mapping[str, int]]:
    """Return survey number -> channel -> tokens issued or shown; their days are days of UTC."""
    ids = [survey.id for survey in scope.surveys]
    return counts.totals(moment, ids, scope.period.first, scope.period.last)


def _told(scope: Scope, gathered: Gathered, issued: Mapping[int, Mapping[str, int]]) -> Summary:
    before = scope.period.before()
    rates = tuple(_rate(scope, one, gathered, issued.get(one.id, {})) for one in scope.surveys)
    figures = tuple(
        (
            measured(group),
            reported(group.definition, group.total(scope.period), group.total(before)),
        )
        for group in gathered.groups
    )
    return Summary(scope.project.timezone, scope.period, before, figures, rates)


def _rate(scope: Scope, survey: Survey, gathered: Gathered, asked: Mapping[str, int]) -> SurveyRate:
    """Compare who answered with the tokens issued or shown."""
    group = gathered.of_survey(survey)
    answered = group.total(scope.period)
    by_channel = group.split(scope.period)
    names = sorted({name for name in (*by_channel, *asked) if name is not None})
    return SurveyRate(
        survey.key,
        _hidden_or_rate(answered, sum(asked.values())),
        {name: _hidden_or_rate(by_channel.get(name, {}), asked.get(name, 0)) for name in names},
    )


def _hidden_or_rate(answered: Counts | None, asked: int) -> Rate | None:
    return None if answered is None else rate(sum(answered.values()), asked)
