"""A rate limit: never more in any minute, never stuck."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.alerting.pacing import allowance
from tests.factories import NOW

MINUTE = timedelta(seconds=60)


@given(
    per_minute=st.integers(1, 300),
    steps=st.lists(st.tuples(st.floats(0, 30), st.integers(0, 50)), max_size=60),
)
def test_within_any_minute_no_more_begin_than_the_limit(
    per_minute: int, steps: Sequence[tuple[float, int]]
) -> None:
    now, until, begun = NOW, None, list[datetime]()
    for wait_s, wanted in steps:
        now += timedelta(seconds=wait_s)
        count, until = allowance(per_minute, until, wanted, now)
        assert 0 <= count <= wanted
        begun += [now] * count
        assert sum(1 for at in begun if at > now - MINUTE) <= per_minute


@given(per_minute=st.integers(1, 60_000))
def test_who_asks_all_the_time_gets_nearly_all_of_it(per_minute: int) -> None:
    now, until, begun = NOW, None, 0
    for _ in range(600):
        count, until = allowance(per_minute, until, per_minute, now)
        begun += count
        now += timedelta(seconds=0.5)
    assert begun >= 0.9 * (5 * per_minute) - 1
