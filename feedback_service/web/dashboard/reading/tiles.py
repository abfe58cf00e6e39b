"""The tiles of the overview: a survey each, and which of them come first when there are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.measures.scales import METRICS
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.figures import Measured, Reported
from feedback_service.usecases.reporting.summary import Summary, SurveyRate, summaries
from feedback_service.web.audiences import service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.charts.span import Span, span
from feedback_service.web.dashboard.sessions import project
from feedback_service.web.dashboard.showing.periods import Chosen

# More surveys than these are not looked at one by one: the first few are tiles, all are a table.
MANY: Final = 12
_FIRST: Final = 9
_PROVEN: Final = {"changed_down": 0, "changed_up": 1}


@dataclass(frozen=True, slots=True)
class Tile:
    """A survey's newest definition. others: how many older ones were answered in the period."""

    survey: Survey
    what: Measured
    one: Reported
    rate: SurveyRate
    span: Span | None
    others: tuple[tuple[Measured, Reported], ...]


def tiles_of(surveys: Sequence[Survey], period: Chosen) -> list[Tile]:
    """Return a tile for each survey: by measure, then who was answered most."""
    asked = Asked(first=period.period.first, last=period.period.last)
    found = summaries(service(), project().id, surveys, asked, now())
    return sorted((_tile(one, found[one.key]) for one in surveys), key=_place)


def first_of(tiles: Sequence[Tile], wanted: str | None) -> list[Tile]:
    """Return the tiles to show: all; of many those with proven changes, then the most answered.

    wanted: key of a survey that is among them in any case.
    """
    if len(tiles) <= MANY:
        return list(tiles)
    shown = sorted(tiles, key=_urgency)[:_FIRST]
    if all(one.survey.key != wanted for one in shown):
        shown = [*(one for one in tiles if one.survey.key == wanted), *shown][:_FIRST]
    return shown


def _tile(survey: Survey, found: Summary) -> Tile:
    what, one = found.figures[0]
    others = tuple(pair for pair in found.figures[1:] if pair[1].figure and pair[1].figure.n)
    drawn = span(what.definition.metric, one.figure)
    return Tile(survey, what, one, found.rates[0], drawn, others)


def _place(tile: Tile) -> tuple[int, int, str]:
    return METRICS.index(tile.what.definition.metric), -_people(tile), tile.survey.key


def _urgency(tile: Tile) -> tuple[int, int, str]:
    verdict = tile.one.change.verdict if tile.one.change else ""
    return _PROVEN.get(verdict, len(_PROVEN)), -_people(tile), tile.survey.key


def _people(tile: Tile) -> int:
    return 0 if tile.one.figure is None else tile.one.figure.n
