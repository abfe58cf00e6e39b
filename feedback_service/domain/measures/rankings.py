"""Which segments are proven to differ from all the others, worst first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from feedback_service.domain.measures.bands import Bands
from feedback_service.domain.measures.metrics import (
    Change,
    ChangeVerdict,
    Counts,
    Figure,
    change,
    figure,
)
from feedback_service.domain.measures.scales import Metric

Segment = TypeVar("Segment")

_ORDER: Final[Mapping[ChangeVerdict, int]] = {
    "changed_down": 0,
    "not_proven": 1,
    "changed_up": 2,
}


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Segment]):
    """against_rest: the segment compared with everybody else; changed_down means worse."""

    segment: Segment
    figure: Figure
    against_rest: Change


def ranking(
    metric: Metric, segments: Mapping[Segment, Counts], total: Counts, bands: Bands
) -> list[Ranked[Segment]]:
    """Return the segments: proven worse first, then what is not proven, then proven better.

    segments: segment -> score -> people. total: score -> people, those of the segments among them.
    Each segment is compared with everybody else, who share no answer with it. Among the proven the
    one whose difference exceeds its margin most stands furthest out; the unproven go by size.
    """
    found = []
    for segment, counts in segments.items():
        rest = {score: people - counts.get(score, 0) for score, people in total.items()}
        own = figure(metric, counts, bands)
        found.append(Ranked(segment, own, change(figure(metric, rest, bands), own)))
    return sorted(found, key=_place)


def proven_by(found: Change) -> float:
    """Return by how many points a difference exceeds what chance explains; 0.0 when unproven."""
    if found.verdict == "not_proven" or found.size is None or found.margin is None:
        return 0.0
    return abs(found.size) - found.margin


def _place(ranked: Ranked[Segment]) -> tuple[int, float, int, str]:
    verdict = ranked.against_rest.verdict
    by = proven_by(ranked.against_rest)
    # Worst at the very top, best at the very end.
    return (
        _ORDER[verdict],
        -by if verdict == "changed_down" else by,
        -ranked.figure.n,
        str(ranked.segment),
    )
