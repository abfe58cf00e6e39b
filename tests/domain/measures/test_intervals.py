"""Intervals against the published vectors and against slow, obvious references."""

import doctest
from math import isclose, sqrt
from statistics import pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures import intervals
from feedback_service.domain.measures.intervals import (
    Z,
    net_interval,
    net_variance,
    replies_needed,
    share_interval,
    share_variance,
    standard_error,
)

people = st.integers(0, 200)


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(intervals).failed == 0


@pytest.mark.parametrize(
    ("good", "bad", "n", "variance", "plain_margin", "adjusted"),
    [
        pytest.param(50, 20, 100, 0.61, 15.31, (29.13, 15.08), id="50/30/20 of 100"),
        pytest.param(9, 0, 12, 0.1875, 24.50, (60.00, 29.51), id="9/3/0 of 12"),
    ],
)
def test_net_vectors(
    good: int, bad: int, n: int, variance: float, plain_margin: float, adjusted: tuple[float, float]
) -> None:
    assert net_variance(good, bad, n) == variance
    assert Z * standard_error(variance, n) == pytest.approx(plain_margin, abs=0.005)
    interval = net_interval(good, bad, n)
    assert interval is not None
    centre, margin = sum(interval) / 2, (interval.high - interval.low) / 2
    assert (centre, margin) == pytest.approx(adjusted, abs=0.005)


def test_an_all_equal_answer_has_no_plain_margin_but_keeps_an_interval() -> None:
    assert standard_error(net_variance(8, 0, 8), 8) == 0.0
    assert net_interval(8, 0, 8) == pytest.approx((38.54, 100.0), abs=0.005)
    assert net_interval(0, 8, 8) == pytest.approx((-100.0, -38.54), abs=0.005)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        pytest.param(18, 20, 69.9, 97.2, id="18 of 20"),
        # Everybody: n/(n + z^2) to 100. Nobody: its mirror.
        pytest.param(10, 10, 100 * 10 / 13.8416, 100.0, id="everybody"),
        pytest.param(0, 10, 0.0, 100 * 3.8416 / 13.8416, id="nobody"),
    ],
)
def test_share_vectors(hits: int, n: int, low: float, high: float) -> None:
    assert share_interval(hits, n) == pytest.approx((low, high), abs=0.05)


def test_nobody_asked_has_no_interval() -> None:
    assert net_interval(0, 0, 0) is None
    assert share_interval(0, 0) is None


@given(good=people, middle=people, bad=people)
def test_the_variances_are_those_of_the_answers_written_out(
    good: int, middle: int, bad: int
) -> None:
    n = good + middle + bad
    if n == 0:
        with pytest.raises(ZeroDivisionError):
            net_variance(good, bad, n)
        return
    as_net = [1] * good + [0] * middle + [-1] * bad
    as_share = [1] * good + [0] * (middle + bad)
    assert isclose(net_variance(good, bad, n), pvariance(map(float, as_net)), abs_tol=1e-12)
    assert isclose(share_variance(good, n), pvariance(map(float, as_share)), abs_tol=1e-12)


@given(good=people, middle=people, bad=people)
def test_the_net_interval_is_the_plain_one_after_adding_three_people(
    good: int, middle: int, bad: int
) -> None:
    """Reference: weigh 0.75 extra people at each end and 1.5 in the middle, then do it plainly."""
    weights = {1: good + 0.75, 0: middle + 1.5, -1: bad + 0.75}
    size = sum(weights.values())
    mean = sum(value * weight for value, weight in weights.items()) / size
    variance = sum(weight * (value - mean) ** 2 for value, weight in weights.items()) / size
    margin = 1.96 * sqrt(variance / size)
    expected = (max(-100.0, 100 * (mean - margin)), min(100.0, 100 * (mean + margin)))
    n = good + middle + bad
    assert net_interval(good, bad, n) == (pytest.approx(expected) if n else None)


@given(good=people, middle=people, bad=people)
def test_the_net_interval_holds_the_score_from_two_replies_on(
    good: int, middle: int, bad: int
) -> None:
    n = good + middle + bad
    interval = net_interval(good, bad, n)
    if n < 2 or interval is None:
        return
    assert -100 <= interval.low <= 100 * (good - bad) / n <= interval.high <= 100
    mirrored = net_interval(bad, good, n)
    assert mirrored == pytest.approx((-interval.high, -interval.low))


def wilson_end(share: float, n: int, beyond: float) -> float:
    """Bisect for the truth between the share and the end of the scale that just explains it."""
    near, far = share, beyond
    for _ in range(200):
        middle = (near + far) / 2
        if abs(share - middle) <= 1.96 * sqrt(middle * (1 - middle) / n):
            near = middle
        else:
            far = middle
    return 100 * near


@given(hits=people, misses=people)
def test_the_share_interval_is_every_truth_that_explains_the_share(hits: int, misses: int) -> None:
    n = hits + misses
    interval = share_interval(hits, n)
    if interval is None:
        assert n == 0
        return
    share = hits / n
    # Where the share itself is the end of the scale, so is the end of the interval.
    assert interval.low == pytest.approx(wilson_end(share, n, 0.0), abs=1e-6)
    assert interval.high == pytest.approx(wilson_end(share, n, 1.0), abs=1e-6)
    assert 0 <= interval.low <= 100 * share <= interval.high <= 100


@pytest.mark.parametrize(
    ("good", "bad", "for_10", "for_5"),
    [
        pytest.param(70, 5, 123, 501, id="70/5"),
        pytest.param(45, 20, 223, 900, id="45/20"),
        pytest.param(50, 50, 382, 1534, id="worst"),
    ],
)
def test_replies_needed(good: int, bad: int, for_10: int, for_5: int) -> None:
    variance = net_variance(good, bad, 100)
    assert (replies_needed(10, variance), replies_needed(5, variance)) == (for_10, for_5)


def test_without_a_split_the_worst_one_is_planned_for() -> None:
    assert replies_needed(10) == replies_needed(10, net_variance(50, 50, 100)) == 382


def test_at_least_one_reply_is_needed() -> None:
    assert replies_needed(100) == replies_needed(10, variance=0.0) == 1


@pytest.mark.parametrize("margin", [0, -5, 100.5, float("nan"), float("inf")])
def test_a_margin_off_the_scale_is_refused(margin: float) -> None:
    with pytest.raises(InvalidValue) as refusal:
        replies_needed(margin)
    assert refusal.value.field == "/margin"


@given(share=st.floats(0.05, 0.5), margin=st.floats(2, 40))
def test_the_replies_needed_are_the_first_that_reach_the_margin(
    share: float, margin: float
) -> None:
    variance = 2 * share
    n = replies_needed(margin, variance)
    assert 196 * sqrt(variance / (n + 3)) <= margin * (1 + 1e-9)
    if n > 1:
        assert 196 * sqrt(variance / (n + 2)) > margin * (1 - 1e-9)
