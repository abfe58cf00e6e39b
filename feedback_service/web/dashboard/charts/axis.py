"""The vertical axis of a score: from where to where, and which lines help the eye."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from feedback_service.domain.measures.scales import Metric


@dataclass(frozen=True, slots=True)
class Axis:
    """low, high: its ends in points. ticks: values with a line, ends included."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Return where a value lies, 0.0 at the low and 1.0 at the high end."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def ends(metric: Metric) -> tuple[float, float]:
    """Return the lowest and the highest score there can be."""
    return (-100.0, 100.0) if metric == "nps" else (0.0, 100.0)


def whole(metric: Metric) -> Axis:
    """Return the axis that shows every score there can be."""
    low, high = ends(metric)
    return Axis(low, high, (low, (low + high) / 2, high))


def fitting(metric: Metric, values: Sequence[float]) -> Axis:
    """Return the axis that shows these values, with round ticks; the whole one for no values."""
    if not values:
        return whole(metric)
    low, high = ends(metric)
    spread = max(values) - min(values)
    step = next((step for step in (5, 10, 20) if spread <= 4 * step), 50)
    first = max(low, step * floor(min(values) / step))
    last = min(high, step * ceil(max(values) / step))
    if first == last:
        first, last = max(low, first - step), min(high, last + step)
    steps = round((last - first) / step)
    return Axis(first, last, tuple(first + number * step for number in range(steps + 1)))
