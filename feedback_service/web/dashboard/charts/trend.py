"""Where the lines of a trend go: the score, its interval as a band, gaps without either."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from feedback_service.domain.measures.scales import Metric
from feedback_service.usecases.reporting.trend import Point
from feedback_service.web.dashboard.charts.axis import Axis, fitting
from feedback_service.web.dashboard.showing import times, words

_LEFT: Final = 44
_RIGHT: Final = 14
_TOP: Final = 10
_BOTTOM: Final = 28
# So that dates do not run into each other.
_DATE_WIDTH: Final = 74


@dataclass(frozen=True, slots=True)
class Dot:
    """One score. low, high: the ends of its interval. is_alone: no neighbour to join it to."""

    x: float
    y: float
    low: float
    high: float
    title: str
    is_partial: bool
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """All in the units of the drawing. ticks: (y, label). dates: (x, label, anchor).

    bands: the points of polygons. lines: the points of polylines.
    """

    width: int
    height: int
    left: int
    right: int
    ticks: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str, str], ...]
    bands: tuple[str, ...]
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]


def draw(metric: Metric, points: Sequence[Point], size: tuple[int, int], today: date) -> Chart:
    """Return the drawing of a trend. size: width and height."""
    width, height = size
    axis = fitting(metric, _values(points))
    inner = width - _LEFT - _RIGHT
    gap = inner / max(1, len(points) - 1)
    runs: list[list[Dot]] = [[]]
    for number, point in enumerate(points):
        x = _LEFT + (number * gap if len(points) > 1 else inner / 2)
        found = _dot(metric, point, x, axis, height, today)
        if found is None:
            runs.append([])
        else:
            runs[-1].append(found)
    drawn = [run for run in runs if run]
    every = max(1, -(-_DATE_WIDTH // max(1, int(gap))))
    last = len(points) - 1
    dates = [
        (
            round(_LEFT + number * gap, 1),
            times.day(point.period.first, today),
            _anchor(number, last),
        )
        for number, point in enumerate(points)
        if number % every == 0
    ]
    return Chart(
        width=width,
        height=height,
        left=_LEFT,
        right=width - _RIGHT,
        ticks=tuple((_y(axis, tick, height), words.score(metric, tick)) for tick in axis.ticks),
        dates=tuple(dates if len(points) > 1 else dates[:0]),
        bands=tuple(_band(run) for run in drawn if len(run) > 1),
        lines=tuple(" ".join(f"{d.x},{d.y}" for d in run) for run in drawn if len(run) > 1),
        dots=tuple(_alone(dot, run) for run in drawn for dot in run),
    )


def _anchor(number: int, last: int) -> str:
    """Return how a date stands to its point, so that none sticks out."""
    if number == 0:
        return "start"
    return "end" if number == last else "middle"


def _values(points: Sequence[Point]) -> list[float]:
    intervals = [p.reported.figure.interval for p in points if p.reported.figure is not None]
    return [end for found in intervals if found is not None for end in (found.low, found.high)]


def _dot(
    metric: Metric, point: Point, x: float, axis: Axis, height: int, today: date
) -> Dot | None:
    figure = point.reported.figure
    if figure is None or figure.score is None or figure.interval is None:
        return None
    return Dot(
        x=round(x, 1),
        y=_y(axis, figure.score, height),
        low=_y(axis, figure.interval.low, height),
        high=_y(axis, figure.interval.high, height),
        title=f"{times.span(point.period, today)}: {words.score(metric, figure.score)} "
        f"({words.interval(metric, figure.interval)}, {words.people(figure.n)})",
        is_partial=point.is_partial,
        is_alone=False,
    )


def _alone(dot: Dot, run: Sequence[Dot]) -> Dot:
    if len(run) > 1:
        return dot
    return Dot(dot.x, dot.y, dot.low, dot.high, dot.title, dot.is_partial, is_alone=True)


def _band(run: Sequence[Dot]) -> str:
    there = [f"{dot.x},{dot.high}" for dot in run]
    back = [f"{dot.x},{dot.low}" for dot in reversed(run)]
    return " ".join(there + back)


def _y(axis: Axis, value: float, height: int) -> float:
    return round(_TOP + (1 - axis.share(value)) * (height - _TOP - _BOTTOM), 1)
