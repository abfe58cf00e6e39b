"""A score and its interval on the whole range of scores, in percent of the drawing's width."""

from dataclasses import dataclass

from feedback_service.domain.measures.metrics import Figure
from feedback_service.domain.measures.scales import Metric
from feedback_service.web.dashboard.charts.axis import whole


@dataclass(frozen=True, slots=True)
class Span:
    """All in percent from the left. middle: where the range's middle lies."""

    low: float
    width: float
    score: float
    middle: float = 50.0


def span(metric: Metric, figure: Figure | None) -> Span | None:
    """Return the drawing, None for a figure without a score."""
    if figure is None or figure.score is None or figure.interval is None:
        return None
    axis = whole(metric)
    low, high = (100 * axis.share(end) for end in figure.interval)
    return Span(round(low, 2), round(high - low, 2), round(100 * axis.share(figure.score), 2))
