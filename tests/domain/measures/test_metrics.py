"""The figures: worked vectors, the display floor, changes, and the page that explains them."""

import doctest
import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.measures import metrics
from feedback_service.domain.measures.bands import bands_from_edges, default_bands
from feedback_service.domain.measures.intervals import net_variance, standard_error
from feedback_service.domain.measures.metrics import (
    Figure,
    Tally,
    change,
    figure,
    good_share,
    mean_score,
    net_score,
    rate,
    share_change,
    tally,
    verdict_of,
)
from feedback_service.domain.measures.scales import SCALES, Scale

PAGE = Path(__file__).parents[3] / "docs" / "measures.md"
NPS = default_bands(SCALES["likelihood-11"])
CSAT = default_bands(SCALES["satisfaction-5"])
CES = default_bands(SCALES["agreement-7"])
EFFORT = default_bands(SCALES["effort-5"])

any_scale = st.sampled_from(list(SCALES.values()))


def nps_of(promoters: int, passives: int, detractors: int) -> Figure:
    return figure("nps", {9: promoters, 8: passives, 0: detractors}, NPS)


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(metrics).failed == 0


def test_the_examples_on_the_page_are_true() -> None:
    text = PAGE.read_text(encoding="utf-8")
    fenced = re.compile(r"^ *```pycon\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    examples = "\n".join(dedent(block) for block in fenced.findall(text))
    found = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    assert found.examples
    assert doctest.DocTestRunner().run(found).failed == 0


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
def test_the_page_has_the_row_of_every_scale(scale: Scale) -> None:
    def span(scores: list[int]) -> str:
        return f"{scores[0]}-{scores[-1]}" if len(scores) > 1 else f"{scores[0]}"

    bands = default_bands(scale)
    points = [span([s for s in scale.points if bands.of_score[s] == n]) for n in bands.names]
    best = "low" if scale.direction == "low_is_good" else "high"
    cells = [f"`{scale.metric}`", f"`{scale.name}`", span(list(scale.points)), best, *points[::-1]]
    assert f"| {' | '.join(cells)} |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        pytest.param({9: 1, 10: 1}, 100.0, id="all promoters"),
        pytest.param({0: 1, 6: 1}, -100.0, id="all detractors"),
        pytest.param({7: 4, 8: 1}, 0.0, id="passives count only in the total"),
        pytest.param({10: 5, 8: 3, 2: 2}, 30.0, id="passives dilute"),
        pytest.param({10: 1, 7: 1, 0: 1, 8: 0}, 0.0, id="as many for as against"),
        pytest.param({10: 2, 7: 1}, 200 / 3, id="full precision"),
        pytest.param({}, None, id="nobody answered"),
        pytest.param({10: 0}, None, id="a score nobody gave"),
    ],
)
def test_nps(answers: dict[int, int], points: float | None) -> None:
    assert net_score(tally(answers, NPS)) == points


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        pytest.param({5: 10, 4: 8, 3: 1, 1: 1}, 90.0, id="both top points count"),
        pytest.param({3: 5}, 0.0, id="neutral is not satisfied"),
        pytest.param({}, None, id="nobody answered"),
    ],
)
def test_csat(answers: dict[int, int], percent: float | None) -> None:
    assert good_share(tally(answers, CSAT)) == percent


def test_ces_is_the_share_of_low_effort_with_mean_and_net_ease_beside_it() -> None:
    ease = figure("ces", {7: 10, 5: 10, 4: 4, 3: 4, 1: 12}, CES)
    assert ease.counts == {"high_effort": 16, "medium_effort": 4, "low_effort": 20}
    assert (ease.score, ease.net, ease.mean) == (50.0, 10.0, 4.0)
    assert ease.interval == pytest.approx((35.2, 64.8), abs=0.05)


def test_where_low_is_good_little_effort_is_a_high_score_and_a_low_mean() -> None:
    easy = figure("ces", {1: 40}, EFFORT)
    assert (easy.score, easy.net, easy.mean) == (100.0, 100.0, 1.0)
    assert easy.counts["low_effort"] == 40


def test_the_worked_nps_figure() -> None:
    worked = nps_of(50, 30, 20)
    assert worked.counts == {"detractor": 20, "passive": 30, "promoter": 50}
    assert (worked.score, worked.n, worked.verdict) == (30.0, 100, "score")
    assert worked.interval == worked.net_interval == pytest.approx((14.05, 44.20), abs=0.005)
    assert worked.error == pytest.approx(15.31 / 1.96, abs=0.005)


def test_the_worked_csat_figure() -> None:
    worked = figure("csat", {5: 18, 1: 2}, CSAT)
    assert (worked.score, worked.n, worked.verdict) == (90.0, 20, "indicative")
    assert worked.interval == pytest.approx((69.9, 97.2), abs=0.05)


@pytest.mark.parametrize(
    ("n", "verdict"),
    [(0, "counts_only"), (9, "counts_only"), (10, "indicative"), (29, "indicative"), (30, "score")],
)
def test_the_display_floor(n: int, verdict: str) -> None:
    shown = nps_of(n, 0, 0)
    assert shown.verdict == verdict_of(n) == verdict
    assert shown.counts == {"detractor": 0, "passive": 0, "promoter": n}
    has_score = verdict != "counts_only"
    for part in ("score", "interval", "error", "mean", "net", "net_interval"):
        assert (getattr(shown, part) is not None) == has_score


def test_a_band_a_survey_does_without_is_counted_as_empty() -> None:
    bands = bands_from_edges(
        SCALES["satisfaction-3"], {"dissatisfied": [1, 2], "satisfied": [3, 3]}
    )
    assert tally({1: 1, 2: 2, 3: 4}, bands) == Tally(bad=3, middle=0, good=4)


def test_a_score_off_the_scale_is_our_fault_and_crashes() -> None:
    with pytest.raises(KeyError):
        figure("nps", {11: 1}, NPS)


@given(scale=any_scale, data=st.data())
def test_a_figure_is_what_counting_the_people_one_by_one_gives(
    scale: Scale, data: st.DataObject
) -> None:
    answers = data.draw(st.lists(st.sampled_from(scale.points), max_size=80))
    counts = {score: answers.count(score) for score in scale.points}
    shown = figure(scale.metric, counts, default_bands(scale))
    good = len([a for a in answers if a in scale.good])
    bad = len([a for a in answers if a in scale.bad])
    assert shown.n == len(answers) == sum(shown.counts.values())
    assert list(shown.counts.values()) == [bad, len(answers) - good - bad, good]
    if len(answers) < 10:
        assert shown.score is None
        return
    values = [100 * (a in scale.good) - 100 * (a in scale.bad) for a in answers]
    shares = [100 * (a in scale.good) for a in answers]
    scored = values if scale.metric == "nps" else shares
    assert shown.score == pytest.approx(sum(scored) / len(answers))
    assert shown.net == pytest.approx(sum(values) / len(answers))
    assert shown.mean == pytest.approx(sum(answers) / len(answers))
    assert shown.interval is not None
    assert shown.net_interval is not None
    assert shown.score is not None
    assert shown.interval.low <= shown.score <= shown.interval.high


def test_the_mean_of_nobody_is_none() -> None:
    assert mean_score({}) is None


@pytest.mark.parametrize(
    ("before", "after", "verdict", "size"),
    [
        pytest.param((45, 35, 20), (75, 5, 20), "changed_up", 30.0, id="up"),
        pytest.param((45, 35, 20), (45, 5, 50), "changed_down", -30.0, id="down"),
        pytest.param((45, 35, 20), (50, 35, 15), "not_proven", 10.0, id="within chance"),
        pytest.param((45, 35, 20), (45, 35, 20), "not_proven", 0.0, id="the same"),
        pytest.param((30, 0, 0), (60, 0, 0), "not_proven", 0.0, id="both without error"),
        pytest.param((9, 0, 0), (0, 0, 100), "not_proven", None, id="too few before"),
        pytest.param((100, 0, 0), (0, 0, 9), "not_proven", None, id="too few after"),
        pytest.param((0, 0, 0), (0, 0, 0), "not_proven", None, id="nobody"),
    ],
)
def test_change(
    before: tuple[int, int, int], after: tuple[int, int, int], verdict: str, size: float | None
) -> None:
    found = change(nps_of(*before), nps_of(*after))
    assert (found.verdict, found.size) == (verdict, size)
    assert (found.margin is None) == (size is None)


@pytest.mark.parametrize(("n", "points"), [(50, 30), (100, 21), (200, 15), (400, 11), (1000, 7)])
def test_the_smallest_provable_change_at_a_45_20_split(n: int, points: int) -> None:
    # 45 % of 50 is no whole number of people: ask the plain error itself for a thousandth.
    error = standard_error(net_variance(45, 20, 100), n)
    one = Figure(n, "score", {}, 25.0, error=error)
    margin = change(one, one).margin
    assert margin is not None
    assert round(margin) == points
    higher = Figure(n, "score", {}, 25.0 + margin + 0.001, error=error)
    lower = Figure(n, "score", {}, 25.0 + margin - 0.001, error=error)
    assert change(one, higher).verdict == "changed_up"
    assert change(higher, one).verdict == "changed_down"
    assert change(one, lower).verdict == "not_proven"


def test_a_share_changes_by_its_own_error() -> None:
    before = figure("csat", {5: 50, 1: 50}, CSAT)
    after = figure("csat", {5: 65, 1: 35}, CSAT)
    found = change(before, after)
    assert (found.verdict, found.size) == ("changed_up", 15.0)
    assert found.margin == pytest.approx(13.54, abs=0.01)


@pytest.mark.parametrize(
    ("after", "before", "low"),
    [((56, 70), (48, 80), 5.24), ((9, 10), (3, 10), 17.05), ((5, 56), (0, 29), -3.81)],
)
def test_a_share_of_few_changes_by_the_intervals_of_both(
    after: tuple[int, int], before: tuple[int, int], low: float
) -> None:
    """The worked examples of Newcombe 1998, table II, method 10."""
    up, down = share_change(*before, *after), share_change(*after, *before)
    assert up.size is not None
    assert up.margin is not None
    assert up.size - up.margin == pytest.approx(low, abs=0.01)
    assert (up.verdict == "changed_up") == (low > 0)
    assert (down.size, down.margin) == (-up.size, up.margin)
    assert (down.verdict == "changed_down") == (low > 0)


def test_a_rate_has_a_wilson_interval() -> None:
    answered = rate(18, 20)
    assert (answered.hits, answered.total, answered.percent) == (18, 20, 90.0)
    assert answered.interval == pytest.approx((69.9, 97.2), abs=0.05)


def test_a_rate_of_everybody_is_known() -> None:
    everybody = rate(10, 10)
    assert everybody.percent == 100.0
    assert everybody.interval == pytest.approx((72.2, 100.0), abs=0.05)


@pytest.mark.parametrize(
    ("hits", "total"),
    [pytest.param(0, 0, id="nobody asked"), pytest.param(5, 3, id="more answers than known asks")],
)
def test_a_rate_of_an_unknown_total_has_no_percent(hits: int, total: int) -> None:
    unknown = rate(hits, total)
    assert (unknown.percent, unknown.interval) == (None, None)
