"""How fast the loop is closed: what became of cases, counted and timed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from feedback_service.domain.measures.intervals import Interval, share_interval


@dataclass(frozen=True, slots=True)
class Course:
    """The times of one case. contacted_at, resolved_at: None when that did not happen yet."""

    opened_at: datetime
    due_at: datetime
    contacted_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How the cases of a time fared.

    decided: resolved, or past their due time; the others may still make it and do not count.
    share: of the decided ones, in percent, resolved by their due time; None when none is decided.
    median_s, contact_median_s: from opening to resolution, and to the first contact (or the
    resolution, when nobody noted a contact); only of those that got there, None when none did.
    """

    cases: int
    resolved: int
    decided: int
    in_time: int
    share: float | None
    interval: Interval | None
    median_s: float | None
    contact_median_s: float | None


def closing(courses: Iterable[Course], now: datetime) -> Closing:
    """Return how many cases were closed in time, and how fast.

    >>> closing([], datetime(2026, 11, 24)).share is None
    True
    """
    every = list(courses)
    resolved = [course for course in every if course.resolved_at is not None]
    decided = [course for course in every if course.resolved_at or course.due_at <= now]
    in_time = [c for c in resolved if c.resolved_at is not None and c.resolved_at <= c.due_at]
    to_contact = [
        (reached - course.opened_at).total_seconds()
        for course in every
        if (reached := course.contacted_at or course.resolved_at) is not None
    ]
    to_end = [(c.resolved_at - c.opened_at).total_seconds() for c in resolved if c.resolved_at]
    return Closing(
        cases=len(every),
        resolved=len(resolved),
        decided=len(decided),
        in_time=len(in_time),
        share=100 * len(in_time) / len(decided) if decided else None,
        interval=share_interval(len(in_time), len(decided)),
        median_s=_median(to_end),
        contact_median_s=_median(to_contact),
    )


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
