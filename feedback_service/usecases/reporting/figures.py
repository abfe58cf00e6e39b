"""What every report is made of: figures with what it takes to read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.measures.metrics import (
    Change,
    Counts,
    Figure,
    change,
    figure,
    replies_for,
)
from feedback_service.domain.surveys import Definition
from feedback_service.usecases.reporting.gathering import Group

# "How many replies do I need?" is answered for a margin of so many points either side.
MARGIN: Final = 5


@dataclass(frozen=True, slots=True)
class Reported:
    """One figure.

    figure: None when too few people answered to show it (domain/measures/protection.py).
    distribution: every score of the scale -> people; empty when hidden.
    change: since `before`, the same figure of the period to compare with; None where there is
    none to compare with. replies_needed: for a margin of MARGIN points.
    """

    figure: Figure | None
    distribution: Mapping[int, int]
    before: Figure | None = None
    change: Change | None = None
    replies_needed: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the figures beside it measure. surveys: keys of all that are in them."""

    definition: Definition
    surveys: tuple[str, ...]


def measured(group: Group) -> Measured:
    return Measured(group.definition, tuple(sorted(group.surveys)))


def reported(
    definition: Definition, counts: Counts | None, earlier: Counts | None = None
) -> Reported:
    """Return the figure of score -> people, None for hidden ones, compared with earlier ones."""
    before = None
    if earlier is not None:
        before = figure(definition.metric, earlier, definition.bands)
    return reported_after(definition, counts, before)


def reported_after(
    definition: Definition, counts: Counts | None, before: Figure | None
) -> Reported:
    """Return the figure of score -> people, None for hidden ones, compared with another figure."""
    metric, bands = definition.metric, definition.bands
    if counts is None:
        return Reported(None, {}, before)
    now = figure(metric, counts, bands)
    return Reported(
        figure=now,
        distribution={score: counts.get(score, 0) for score in definition.scale.points},
        before=before,
        change=None if before is None else change(before, now),
        replies_needed=replies_for(metric, now, MARGIN),
    )
