"""Reads the counts a report needs and sorts them into groups that may be added up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.metrics import Counts
from feedback_service.domain.measures.periods import EARLIEST, Period, days_of
from feedback_service.domain.measures.protection import (
    MIN_GROUP,
    PROTECTED,
    hidden_parts,
    released,
)
from feedback_service.domain.surveys import Definition, Survey
from feedback_service.storage.reports.counting import EVERYBODY, DayCount, added
from feedback_service.storage.reports.daily import Moment, daily_counts
from feedback_service.storage.reports.tallying import MOST_TOLD_APART, TooManyValues
from feedback_service.usecases.reporting.asking import AUDIENCE, Scope

# day, or first day of a period -> how many gave each score; index is the score.
Days = dict[date, Sequence[int]]


@dataclass(slots=True)
class Group:
    """Answers that may be added up: of one metric, scale, set of band edges and audience.

    definition: of the newest version among them. surveys: their keys. parts: value of the
    dimension asked for -> its days. is_protected: employees or partners, see protection.py.
    """

    definition: Definition
    surveys: set[str] = field(default_factory=set)
    parts: dict[str | None, Days] = field(default_factory=dict)
    is_protected: bool = False
    newest_version: int = 0
    _everybody: Days | None = None

    def total(self, period: Period) -> Counts | None:
        """Return score -> people of a period; None when they are too few to be shown."""
        return self._shown(self.everybody, period)

    def split(self, period: Period) -> dict[str | None, Counts | None]:
        """Return value -> score -> people of a period; None for a value that must be hidden."""
        parts = {
            value: shown
            for value, days in self.parts.items()
            if (shown := self._shown(days, period)) is None or shown
        }
        if not self.is_protected:
            return parts
        sizes = {value: _people(counts or {}) for value, counts in parts.items()}
        hidden = hidden_parts(sizes, _people(self.total(period) or {}))
        return {value: None if value in hidden else parts[value] for value in parts}

    @property
    def everybody(self) -> Days:
        """All parts added up."""
        if self._everybody is None:
            by_day: dict[date, list[Sequence[int]]] = {}
            for days in self.parts.values():
                for day, scores in days.items():
                    by_day.setdefault(day, []).append(scores)
            self._everybody = {day: added(parts) for day, parts in by_day.items()}
        return self._everybody

    def _shown(self, days: Days, period: Period) -> Counts | None:
        if not self.is_protected:
            if period.first in days and period.first == period.last:
                return _by_score(days[period.first])
            return _sum(_inside(days, period))
        answered = {day: sum(scores) for day, scores in days.items()}
        inside = any(answered[day] for day in days if period.holds(day))
        counts = _sum(days[day] for day in sorted(released(answered, period)))
        return None if inside and _people(counts) < MIN_GROUP else counts


@dataclass(frozen=True, slots=True)
class Gathered:
    """groups: the newest definition first. of_version: row number -> its group."""

    groups: tuple[Group, ...]
    cells: tuple[DayCount, ...]
    of_version: Mapping[int, Group]

    def of_survey(self, survey: Survey) -> Group:
        """Return everybody who answered a survey, whichever version: to count, not to score."""
        group = Group(survey.definition, {survey.key})
        group.is_protected = any(
            one.is_protected for one in self.groups if survey.key in one.surveys
        )
        for cell in self.cells:
            if cell.survey_id == survey.id:
                _add_cell(group, cell.value, cell)
        return group


def gather(moment: Moment, scope: Scope, dimension: str, periods: Sequence[Period]) -> Gathered:
    """Return what the surveys of a scope were answered in some periods, of which totals are asked.

    periods: disjoint and in order. The newest definition of each survey has its group even when
    nobody answered.
    moment: of storage.reports.daily.one_moment. Raises InvalidValue for too many values.
    """
    return _gathered(moment, scope, dimension, periods, _read(moment, scope, dimension, periods))


def gather_each(
    moment: Moment, scope: Scope, dimension: str, periods: Sequence[Period]
) -> Iterator[tuple[Survey, Gathered]]:
    """Yield what `gather` returns for each survey of a scope by itself, read in one go."""
    by_survey: dict[int, list[DayCount]] = {}
    for cell in _read(moment, scope, dimension, periods):
        by_survey.setdefault(cell.survey_id, []).append(cell)
    for survey in scope.surveys:
        alone, cells = replace(scope, surveys=(survey,)), by_survey.get(survey.id, [])
        yield survey, _gathered(moment, alone, dimension, periods, cells)


def _gathered(
    moment: Moment,
    scope: Scope,
    dimension: str,
    periods: Sequence[Period],
    cells: list[DayCount],
) -> Gathered:
    audiences_apart = dimension != AUDIENCE
    versions = _versions(scope, cells)
    if any(v.definition.audience in PROTECTED for v in (*scope.surveys, *versions.values())):
        # Their blocks begin with the first answer, and are made of days.
        ever = Period(EARLIEST, periods[-1].last)
        cells = _read(moment, scope, dimension, [ever], by_day=True)
        versions = _versions(scope, cells)
    groups: dict[tuple[Any, ...], Group] = {}
    of_version = {
        version.version_id: _group_of(groups, version, audiences_apart)
        for version in (*scope.surveys, *versions.values())
    }
    for cell in cells:
        audience = versions[cell.version_id].definition.audience
        value = cell.value if audiences_apart else audience
        _add_cell(of_version[cell.version_id], value, cell)
    newest_first = sorted(groups.values(), key=lambda group: -group.newest_version)
    return Gathered(tuple(newest_first), tuple(cells), of_version)


def _add_cell(group: Group, value: str | None, cell: DayCount) -> None:
    days = group.parts.setdefault(value, {})
    known = days.get(cell.day)
    days[cell.day] = cell.scores if known is None else added((known, cell.scores))


def _versions(scope: Scope, cells: Iterable[DayCount]) -> dict[int, Survey]:
    """Return the survey versions that were answered, by row number."""
    found: dict[int, Survey] = {}
    for version_id in {cell.version_id for cell in cells}:
        version = scope.snapshot.survey_version(version_id)
        assert version is not None, "a survey version with responses is never deleted"
        found[version_id] = version
    return found


def _read(
    moment: Moment,
    scope: Scope,
    dimension: str,
    periods: Sequence[Period],
    *,
    by_day: bool = False,
) -> list[DayCount]:
    ids = [survey.id for survey in scope.surveys]
    project = scope.project
    # An audience belongs to a version, not to an answer.
    dimension = EVERYBODY if dimension == AUDIENCE else dimension
    try:
        return daily_counts(
            moment, project.id, project.timezone, ids, dimension, periods, by_day=by_day
        )
    except TooManyValues:
        raise InvalidValue(
            f"more than {MOST_TOLD_APART:,} values in this period: nearly every answer has one of "
            "its own. Take a segment that many answers share, or a shorter period",
            "/segment",
        ) from None


def _group_of(
    groups: dict[tuple[Any, ...], Group], version: Survey, audiences_apart: bool
) -> Group:
    definition = version.definition
    edges = tuple(definition.bands.of_score[score] for score in definition.scale.points)
    audience = definition.audience if audiences_apart else None
    group = groups.setdefault(
        (definition.metric, definition.scale.name, edges, audience), Group(definition)
    )
    if version.version_id > group.newest_version:
        group.newest_version, group.definition = version.version_id, definition
    group.surveys.add(version.key)
    group.is_protected |= definition.audience in PROTECTED
    return group


def _inside(days: Days, period: Period) -> Iterable[Sequence[int]]:
    """Return the scores of the days of a period, by the shorter way: its days, or all there are."""
    if period.first == period.last:
        return (days[period.first],) if period.first in days else ()
    if period.days < len(days):
        return (days[day] for day in days_of(period) if day in days)
    return (scores for day, scores in days.items() if period.holds(day))


def _sum(days: Iterable[Sequence[int]]) -> Counts:
    return _by_score(added(list(days)))


def _by_score(scores: Sequence[int]) -> Counts:
    return {score: people for score, people in enumerate(scores) if people}


def _people(counts: Mapping[int, int]) -> int:
    return sum(counts.values())
