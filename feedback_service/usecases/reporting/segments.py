"""Where it hurts: the score of each touchpoint, channel, trait …, and who is proven to differ."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedback_service.domain.measures.metrics import Change, Counts
from feedback_service.domain.measures.periods import Period
from feedback_service.domain.measures.rankings import ranking
from feedback_service.storage.reports.daily import one_moment
from feedback_service.usecases.reporting.asking import Asked, dimension_of, scope_of
from feedback_service.usecases.reporting.figures import Measured, Reported, measured, reported
from feedback_service.usecases.reporting.gathering import Group, gather
from feedback_service.usecases.service import Service

# More rows than this nobody reads; the rest stays in the total.
MOST_SEGMENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """value: None for answers without one.

    against_rest: compared with everybody else; changed_down means proven worse. None when hidden.
    """

    value: str | None
    reported: Reported
    against_rest: Change | None


@dataclass(frozen=True, slots=True)
class Segmented:
    """segments: proven worse first, then not proven by size, then proven better, hidden last.

    left_out: how many more segments there are, each with fewer replies than those listed.
    """

    measured: Measured
    total: Reported
    segments: tuple[Segment, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Segments:
    """definitions: one for each definition, the newest first."""

    timezone: str
    period: Period
    before: Period
    segment: str
    definitions: tuple[Segmented, ...]


def segments(
    service: Service, project_id: int, asked: Asked, segment: str, now: datetime
) -> Segments:
    """Return the figures of a period split by a segment, ranked by proven difference.

    segment: as in SEGMENTS of asking.py, or trait: and a name. Raises NotFound, InvalidValue.
    """
    dimension = dimension_of(segment)
    scope = scope_of(service, project_id, asked, now)
    before = scope.period.before()
    with one_moment(service.database) as connection:
        groups = gather(connection, scope, dimension, [before, scope.period]).groups
    found = tuple(_segmented(group, scope.period, before) for group in groups)
    return Segments(scope.project.timezone, scope.period, before, segment, found)


def _segmented(group: Group, period: Period, before: Period) -> Segmented:
    total, earlier = group.total(period), group.total(before)
    parts, parts_before = group.split(period), group.split(before)
    shown: dict[str | None, Counts] = {v: counts for v, counts in parts.items() if counts}
    largest = sorted(shown, key=lambda value: (-sum(shown[value].values()), str(value)))
    listed = {value: shown[value] for value in largest[:MOST_SEGMENTS]}
    definition = group.definition
    found = [
        Segment(
            one.segment,
            reported(definition, shown[one.segment], parts_before.get(one.segment, {})),
            one.against_rest,
        )
        for one in ranking(definition.metric, listed, total or {}, definition.bands)
    ]
    hidden = sorted((value for value, counts in parts.items() if counts is None), key=str)
    room = MOST_SEGMENTS - len(found)
    found += [Segment(value, reported(definition, None), None) for value in hidden[:room]]
    return Segmented(
        measured(group),
        reported(definition, total, earlier),
        tuple(found),
        len(shown) + len(hidden) - len(found),
    )
