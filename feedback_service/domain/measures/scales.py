"""The question scales: which whole numbers a score may be, and which end is good.

Sources: shared definitions of NPS (Reichheld 2003), CSAT (top-2-box), CES 1.0 (CEB 2010) and
CES 2.0 (CEB 2013); see docs/measures.md for the evidence and where vendors disagree.
"""

from dataclasses import dataclass
from typing import Final, Literal

from feedback_service.domain.errors import InvalidValue, ScoreOutOfRange

Metric = Literal["nps", "csat", "ces"]
Audience = Literal["customer", "employee", "partner"]
Direction = Literal["high_is_good", "low_is_good"]

METRICS: Final[tuple[Metric, ...]] = ("nps", "csat", "ces")
AUDIENCES: Final[tuple[Audience, ...]] = ("customer", "employee", "partner")

# Bands of each metric from bad to good. The first of them alerts.
BANDS: Final[dict[Metric, tuple[str, str, str]]] = {
    "nps": ("detractor", "passive", "promoter"),
    "csat": ("dissatisfied", "neutral", "satisfied"),
    "ces": ("high_effort", "medium_effort", "low_effort"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A question scale.

    low, high: the smallest and largest score, both allowed.
    bad, good: the scores of the outer bands unless a survey sets its own edges;
    what lies between them is the middle band.
    """

    name: str
    metric: Metric
    low: int
    high: int
    bad: range
    good: range

    @property
    def points(self) -> range:
        """Every score on the scale, ascending."""
        return range(self.low, self.high + 1)

    @property
    def direction(self) -> Direction:
        return "high_is_good" if self.good.start > self.bad.start else "low_is_good"

    def check(self, score: int) -> None:
        """Raise ScoreOutOfRange unless the score is on this scale."""
        if not self.low <= score <= self.high:
            raise ScoreOutOfRange(score, self.low, self.high)


SCALES: Final[dict[str, Scale]] = {
    scale.name: scale
    for scale in (
        Scale("likelihood-11", "nps", 0, 10, bad=range(7), good=range(9, 11)),
        Scale("satisfaction-5", "csat", 1, 5, bad=range(1, 3), good=range(4, 6)),
        Scale("satisfaction-3", "csat", 1, 3, bad=range(1, 2), good=range(3, 4)),
        # "... made it easy for me": agreement is good, so a LOW score is high effort.
        Scale("agreement-7", "ces", 1, 7, bad=range(1, 4), good=range(5, 8)),
        Scale("agreement-5", "ces", 1, 5, bad=range(1, 3), good=range(4, 6)),
        Scale("ease-7", "ces", 1, 7, bad=range(1, 4), good=range(5, 8)),
        Scale("ease-5", "ces", 1, 5, bad=range(1, 3), good=range(4, 6)),
        # CES 1.0 and the reversed ease question: a HIGH score is high effort.
        Scale("effort-5", "ces", 1, 5, bad=range(4, 6), good=range(1, 3)),
        Scale("difficulty-7", "ces", 1, 7, bad=range(5, 8), good=range(1, 4)),
    )
}

DEFAULT_SCALE: Final[dict[Metric, str]] = {
    "nps": "likelihood-11",
    "csat": "satisfaction-5",
    "ces": "agreement-7",
}


def scale_named(name: str, metric: Metric) -> Scale:
    """Return a metric's scale. Raises InvalidValue naming the scales the metric has."""
    scale = SCALES.get(name)
    if scale is None or scale.metric != metric:
        known = ", ".join(s.name for s in SCALES.values() if s.metric == metric)
        raise InvalidValue(f"{metric} has no scale {name!r}: use one of {known}", "/scale")
    return scale
