"""Ten attempts in 75 h 35 min, jitter only ever added, the receiver's wish never undercut."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.delivery.outbound.outcome import Failed
from feedback_service.delivery.schedule import GAPS_S, next_attempt_at, parse_retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DOWN = Failed("http_5xx", 10, 503)

jitters = st.floats(0, 1)
attempts = st.integers(0, 9)


def wait_s(
    attempts_made: int, outcome: Failed = DOWN, scale: float = 1.0, jitter: float = 0.0
) -> float:
    at = next_attempt_at(attempts_made, NOW, outcome, scale, jitter)
    assert at is not None
    return (at - NOW).total_seconds()


def asking(retry_after_s: float) -> Failed:
    return Failed("http_4xx", 10, 429, retry_after_s=retry_after_s)


def test_the_schedule_is_the_specification_s() -> None:
    waits = [wait_s(made) for made in range(10)]
    assert waits == [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert timedelta(seconds=sum(waits)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("made", [10, 11, 1_000])
def test_after_ten_attempts_nothing_is_left(made: int) -> None:
    assert next_attempt_at(made, NOW, asking(60), 1.0, 0.0) is None


def test_a_receiver_that_is_gone_is_left_alone() -> None:
    assert next_attempt_at(1, NOW, Failed("gone", 10, 410), 1.0, 0.0) is None


@given(attempts, jitters, st.floats(0, 100))
def test_jitter_adds_up_to_a_fifth_and_never_subtracts(
    made: int, jitter: float, scale: float
) -> None:
    base = GAPS_S[made] * scale
    # timedelta keeps microseconds.
    assert base - 1e-6 <= wait_s(made, scale=scale, jitter=jitter) <= base * 1.2 + 1e-6


@given(attempts, jitters, jitters)
def test_more_jitter_never_means_earlier(made: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert wait_s(made, jitter=low) <= wait_s(made, jitter=high)


@given(st.integers(0, 8), jitters, jitters)
def test_gaps_grow_from_attempt_to_attempt_whatever_the_jitter(
    made: int, one: float, other: float
) -> None:
    # 72 000 s with full jitter is 86 400 s: the last two gaps may just touch.
    assert wait_s(made, jitter=one) <= wait_s(made + 1, jitter=other)


@given(attempts, jitters, st.floats(0, 2e9), st.floats(0, 1))
def test_a_wish_is_kept_up_to_a_day_and_never_earlier_than_the_schedule(
    made: int, jitter: float, wish_s: float, scale: float
) -> None:
    wait = wait_s(made, asking(wish_s), scale, jitter)
    planned = wait_s(made, DOWN, scale, jitter)
    assert wait == pytest.approx(max(planned, min(wish_s, 86_400)), abs=1e-5)


def test_the_scale_shortens_our_gaps_but_not_the_receiver_s_wish() -> None:
    assert wait_s(2, scale=0.001) == pytest.approx(0.3)
    assert wait_s(2, asking(2), scale=0.001) == 2
    assert wait_s(2, scale=0) == 0


@pytest.mark.parametrize(
    ("made", "scale", "jitter"),
    [(-1, 1.0, 0.0), (1, 1.0, -0.1), (1, 1.0, 1.1), (1, 1.0, float("nan")), (1, -1.0, 0.0)],
)
def test_nonsense_from_our_own_side_raises(made: int, scale: float, jitter: float) -> None:
    with pytest.raises(ValueError, match="no schedule"):
        next_attempt_at(made, NOW, DOWN, scale, jitter)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("86400", 86_400.0),
        ("86401", 86_400.0),
        ("1000000000", 86_400.0),
        ("9" * 6_000, 86_400.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120.0),
        ("Monday, 23-Nov-26 12:02:00 GMT", 120.0),
        ("Mon Nov 23 12:02:00 2026", 120.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("+5", None),
        ("1e3", None),
        ("0x10", None),
        ("inf", None),
        ("nan", None),
        ("٣", None),
        ("12 potatoes", None),
        ("Mon, 99 Nov 2026 12:02:00 GMT", None),
        ("Mon, 23 Nov 2026 12:02:00 +9999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_junk(text: str, wait: float | None) -> None:
    assert parse_retry_after(text, NOW) == wait


@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+A-Z]\w*"))
def test_no_retry_after_raises_or_leaves_its_bounds(text: str) -> None:
    wait = parse_retry_after(text, NOW)
    assert wait is None or 0 <= wait <= 86_400
