"""The points of a scale in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.measures.scales import Scale
from feedback_service.locales.filling import filled
from feedback_service.locales.languages import Language

# Scale -> the kind of question it answers, which has a default question and anchors of its own.
ANCHORS: Final = {
    "likelihood-11": "likelihood",
    "satisfaction-5": "satisfaction",
    "satisfaction-3": "satisfaction",
    "agreement-7": "agreement",
    "agreement-5": "agreement",
    "ease-7": "ease",
    "ease-5": "ease",
    "effort-5": "effort",
    "difficulty-7": "difficulty",
}
# Scale -> whose names it takes, and which of them: five points are the seven without "somewhat".
_FROM: Final[Mapping[str, tuple[str, Sequence[int]]]] = {
    "satisfaction-5": ("satisfaction-5", range(5)),
    "satisfaction-3": ("satisfaction-5", (0, 2, 4)),
    "agreement-7": ("agreement-7", range(7)),
    "agreement-5": ("agreement-7", (0, 1, 3, 5, 6)),
    "ease-7": ("ease-7", range(7)),
    "ease-5": ("ease-7", (0, 1, 3, 5, 6)),
    "difficulty-7": ("ease-7", (6, 5, 4, 3, 2, 1, 0)),
    "effort-5": ("effort-5", range(5)),
}
# Where the names themselves are the answers; elsewhere people choose a number between two anchors.
_SHOWN: Final = {"satisfaction-5", "agreement-7", "agreement-5"}


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the scale.

    label: what a screen reader says. text: its short visible name, None where the number does.
    """

    score: int
    label: str
    text: str | None
    follow_up: str


def points_in_words(
    scale: Scale, spoken: Language, follow_up_of: Mapping[int, str]
) -> tuple[Point, ...]:
    """Return the points of a scale in one language. follow_up_of: score -> question."""
    names = _names(scale, spoken)
    return tuple(
        Point(
            score=score,
            label=_label(score, scale, names.get(score), spoken.labels),
            text=names[score] if scale.name in _SHOWN else None,
            follow_up=follow_up_of[score],
        )
        for score in scale.points
    )


def _names(scale: Scale, spoken: Language) -> dict[int, str]:
    """Return score -> name; the two ends are always named, by the anchors people see."""
    low, high = spoken.anchors[ANCHORS[scale.name]]
    ends = {scale.low: low, scale.high: high}
    if scale.name not in _FROM:
        return ends
    source, picked = _FROM[scale.name]
    named = (spoken.points[source][position] for position in picked)
    return dict(zip(scale.points, named, strict=True)) | ends


def _label(score: int, scale: Scale, name: str | None, labels: Mapping[str, str]) -> str:
    values = {"score": str(score), "high": str(scale.high), "name": name or ""}
    return filled(labels["named_point" if name else "point"], values)
