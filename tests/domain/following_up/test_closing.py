"""How fast the loop is closed."""

from datetime import timedelta

import pytest

from feedback_service.domain.following_up.closing import Course, closing
from tests.factories import NOW

HOUR = timedelta(hours=1)


def course(resolved_after_h: float | None = None, contacted_after_h: float | None = None) -> Course:
    """A case opened ten hours ago that was due after four."""
    start = NOW - 10 * HOUR
    return Course(
        opened_at=start,
        due_at=start + 4 * HOUR,
        contacted_at=None if contacted_after_h is None else start + contacted_after_h * HOUR,
        resolved_at=None if resolved_after_h is None else start + resolved_after_h * HOUR,
    )


def test_late_and_never_count_against_the_share() -> None:
    found = closing([course(1), course(3), course(4), course(5), course(None)], NOW)
    assert (found.cases, found.resolved, found.decided, found.in_time) == (5, 4, 5, 3)
    assert found.share == pytest.approx(60)
    assert found.interval is not None
    assert found.interval.low < 60 < found.interval.high


def test_a_case_that_may_still_make_it_is_not_decided() -> None:
    young = Course(opened_at=NOW - HOUR, due_at=NOW + HOUR)
    found = closing([course(1), young], NOW)
    assert (found.cases, found.decided, found.share) == (2, 1, 100)


def test_medians_are_of_those_that_got_there() -> None:
    found = closing([course(2, 1), course(4), course(None, 3), course()], NOW)
    assert found.median_s == 3 * 3600
    assert found.contact_median_s == 3 * 3600


def test_without_cases_there_is_no_figure() -> None:
    found = closing([], NOW)
    assert (found.share, found.interval, found.median_s, found.contact_median_s) == (None,) * 4
