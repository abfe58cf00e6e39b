"""Rankings by proven difference, and estimators against scipy's."""

import doctest
from collections import Counter
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from feedback_service.domain.measures import rankings
from feedback_service.domain.measures.bands import default_bands
from feedback_service.domain.measures.intervals import (
    Z,
    share_interval,
    share_replies_needed,
    share_variance,
    standard_error,
)
from feedback_service.domain.measures.metrics import change, figure, replies_for
from feedback_service.domain.measures.rankings import proven_by, ranking
from feedback_service.domain.measures.scales import SCALES

NPS, CSAT = default_bands(SCALES["likelihood-11"]), default_bands(SCALES["satisfaction-5"])
many = st.integers(0, 400)


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(rankings).failed == 0


def test_the_proven_worst_comes_first_and_the_proven_best_last() -> None:
    segments = {
        "fine": {10: 75, 0: 25},
        "great": {10: 300, 0: 10},
        "tiny": {0: 9},
        "awful": {10: 10, 0: 90},
        "bad": {10: 50, 0: 50},
    }
    total: Counter[int] = Counter()
    for counts in segments.values():
        total.update(counts)
    ranked = ranking("nps", segments, total, NPS)
    assert [one.segment for one in ranked] == ["awful", "bad", "fine", "tiny", "great"]
    verdicts = [one.against_rest.verdict for one in ranked]
    assert verdicts == ["changed_down", "changed_down", "not_proven", "not_proven", "changed_up"]
    assert proven_by(ranked[0].against_rest) > proven_by(ranked[1].against_rest) > 0


@given(st.dictionaries(st.sampled_from("abcdef"), st.dictionaries(st.integers(0, 10), many)))
def test_each_segment_is_compared_with_all_the_others(
    segments: dict[str, dict[int, int]],
) -> None:
    """Reference: put the others' answers on a heap and compare."""
    total: Counter[int] = Counter()
    for counts in segments.values():
        total.update(counts)
    for one in ranking("nps", segments, total, NPS):
        heap: Counter[int] = Counter()
        for name, counts in segments.items():
            if name != one.segment:
                heap.update(counts)
        own = figure("nps", segments[one.segment], NPS)
        assert one.against_rest == change(figure("nps", heap, NPS), own)


@given(hits=many, others=many)
def test_wilson_is_scipys(hits: int, others: int) -> None:
    n = hits + others
    if n == 0:
        return
    level = 1 - 2 * stats.norm.sf(Z)
    theirs = stats.binomtest(hits, n).proportion_ci(level, method="wilson")
    assert share_interval(hits, n) == pytest.approx((100 * theirs.low, 100 * theirs.high))


@given(good=many, middle=many, bad=many)
def test_the_standard_error_of_a_net_score_is_scipys(good: int, middle: int, bad: int) -> None:
    """scipy divides by n - 1; over n answers written out that differs by a known factor."""
    n = good + middle + bad
    if n < 10:
        return
    written_out = [1.0] * good + [0.0] * middle + [-1.0] * bad
    found = figure("nps", {10: good, 8: middle, 0: bad}, NPS)
    theirs = 100 * stats.sem(written_out, ddof=0)
    assert found.error == pytest.approx(theirs)


@given(a=many, b=many, c=many, d=many)
def test_a_change_is_the_unpooled_two_sample_z_test(a: int, b: int, c: int, d: int) -> None:
    if a + b < 10 or c + d < 10:
        return
    found = change(figure("csat", {5: a, 1: b}, CSAT), figure("csat", {5: c, 1: d}, CSAT))
    p, q = a / (a + b), c / (c + d)
    error = sqrt(p * (1 - p) / (a + b) + q * (1 - q) / (c + d))
    assert found.size == pytest.approx(100 * (q - p))
    if error and abs(abs(q - p) / error - Z) > 1e-9:
        proven = 2 * stats.norm.sf(abs(q - p) / error) < 2 * stats.norm.sf(Z)
        assert (found.verdict != "not_proven") == proven


@given(hits=many, others=many, margin=st.floats(1, 20))
def test_the_replies_needed_for_a_share_give_that_margin(
    hits: int, others: int, margin: float
) -> None:
    if not hits or not others:
        return
    needed = share_replies_needed(margin, share_variance(hits, hits + others))
    reached = Z * standard_error(share_variance(hits, hits + others), needed + round(Z**2))
    assert reached <= margin * 1.01


def test_replies_needed_come_from_the_variance_at_hand() -> None:
    known = figure("nps", {10: 45, 8: 35, 0: 20}, NPS)
    assert (replies_for("nps", known, 10), replies_for("nps", known, 5)) == (223, 900)
    assert replies_for("nps", figure("nps", {}, NPS), 10) == 382, "the worst there can be"
    assert replies_for("csat", figure("csat", {}, CSAT), 5) == 381
