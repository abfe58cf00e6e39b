"""The figures: NPS, CSAT, CES and rates, each with its people, interval and verdict.

Input is always counts of one definition: one metric, one scale, one set of band edges. Scores
of different scales never meet in one figure. Nothing is rounded here: rounding is display.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from operator import mul
from typing import Final, Literal

from feedback_service.domain.measures.bands import Bands
from feedback_service.domain.measures.intervals import (
    Interval,
    Z,
    net_interval,
    net_variance,
    replies_needed,
    share_interval,
    share_replies_needed,
    share_variance,
    standard_error,
)
from feedback_service.domain.measures.scales import Metric

Counts = Mapping[int, int]
Verdict = Literal["counts_only", "indicative", "score"]
ChangeVerdict = Literal["changed_up", "changed_down", "not_proven"]

# The display floor. Ours, not a standard: below the first a score says more about who happened
# to answer than about the company, below the second its interval is wider than most changes.
INDICATIVE_FROM: Final = 10
SCORE_FROM: Final = 30


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people are in each band."""

    bad: int
    middle: int
    good: int

    @property
    def n(self) -> int:
        return self.bad + self.middle + self.good


@dataclass(frozen=True, slots=True)
class Figure:
    """One score with what it takes to read it.

    counts: band name -> people, all three bands, bad to good; always given.
    Everything below is None when the verdict is counts_only, so that nobody shows it by mistake.
    score: NPS -100.0..100.0; CSAT and CES 0.0..100.0, the share in the good band. Up is better,
    also on scales where a low answer is good.
    interval: 95 %, in points, of the score.
    error: the plain standard error in points, for ``change``.
    mean: of the scores as given, on their scale, so down is better where low is good.
    net, net_interval: % good - % bad in points: the NPS itself, and the net ease of CES.
    """

    n: int
    verdict: Verdict
    counts: Mapping[str, int]
    score: float | None = None
    interval: Interval | None = None
    error: float | None = None
    mean: float | None = None
    net: float | None = None
    net_interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened between two figures.

    size: points, after minus before. margin: the smallest size that would be proven here.
    Both None when a side has too few replies for a score; the verdict is then not_proven.
    """

    verdict: ChangeVerdict
    size: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of people to whom something was open, such as answering.

    percent, interval: 0.0..100.0; None when the total is unknown, see ``rate``.
    """

    hits: int
    total: int
    percent: float | None = None
    interval: Interval | None = None


def tally(counts: Counts, bands: Bands) -> Tally:
    """Count the people in each band.

    counts: score -> how many people gave it.
    Raises KeyError for a score off the scale: those are refused at the door, so it is our fault.
    """
    people = dict.fromkeys(bands.names, 0)
    for score, given in counts.items():
        people[bands.of_score[score]] += given
    return Tally(*(people[name] for name in bands.names))


def net_score(people: Tally) -> float | None:
    """Return % good - % bad: the Net Promoter Score, or the net ease of CES.

    Points, -100.0..100.0, or None when nobody answered. The middle band counts in the total.
    Source: F. Reichheld, "The One Number You Need to Grow", HBR, December 2003.

    >>> net_score(Tally(bad=20, middle=30, good=50))
    30.0
    >>> net_score(Tally(0, 0, 0)) is None
    True
    """
    return 100 * (people.good - people.bad) / people.n if people.n else None


def good_share(people: Tally) -> float | None:
    """Return the share of people in the good band: CSAT (top-2-box on 5 points) and CES.

    Percent, 0.0..100.0, or None when nobody answered.
    Source: see docs/measures.md, which also says which vendors count otherwise.

    >>> good_share(Tally(bad=1, middle=1, good=18))
    90.0
    """
    return 100 * people.good / people.n if people.n else None


def mean_score(counts: Counts) -> float | None:
    """Return the mean of the scores as given, on their scale, or None when nobody answered.

    >>> mean_score({7: 3, 4: 1})
    6.25
    """
    n = sum(counts.values())
    return sum(map(mul, counts.keys(), counts.values())) / n if n else None


def verdict_of(n: int) -> Verdict:
    """Return how a figure of n replies may be shown.

    >>> [verdict_of(n) for n in (0, 9, 10, 29, 30)]
    ['counts_only', 'counts_only', 'indicative', 'indicative', 'score']
    """
    if n < INDICATIVE_FROM:
        return "counts_only"
    return "indicative" if n < SCORE_FROM else "score"


def figure(metric: Metric, counts: Counts, bands: Bands) -> Figure:
    """Return the figure of one metric; for nobody, a figure of zero people.

    counts: score -> how many people gave it, without test, excluded and unconfirmed responses.
    Raises KeyError for a score off the scale, as ``tally``.
    """
    people = tally(counts, bands)
    good, bad, n = people.good, people.bad, people.n
    by_band = dict(zip(bands.names, (bad, people.middle, good), strict=True))
    verdict = verdict_of(n)
    if verdict == "counts_only":
        return Figure(n, verdict, by_band)
    net, sure_net = net_score(people), net_interval(good, bad, n)
    if metric == "nps":
        score, interval, variance = net, sure_net, net_variance(good, bad, n)
    else:
        score, interval = good_share(people), share_interval(good, n)
        variance = share_variance(good, n)
    error = standard_error(variance, n)
    return Figure(n, verdict, by_band, score, interval, error, mean_score(counts), net, sure_net)


def replies_for(metric: Metric, found: Figure, margin: float) -> int:
    """Return how many replies would give this score a margin of so many points either side.

    From the variance at hand; where that is not known yet, from the worst there can be.
    Raises InvalidValue.
    """
    variance = 1.0 if metric == "nps" else 0.25
    if found.error is not None:
        variance = found.n * (found.error / 100) ** 2
    needed = replies_needed if metric == "nps" else share_replies_needed
    return needed(margin, variance)


def change(before: Figure, after: Figure) -> Change:
    """Say whether a score moved, or whether chance alone would explain it.

    Both figures must have one definition. Two scores differ when they lie further apart than
    z * sqrt(SE1^2 + SE2^2), with plain standard errors; a figure without a score proves nothing.
    Source: the two-sample z-test.
    """
    if before.score is None or after.score is None or before.error is None or after.error is None:
        return Change("not_proven")
    size = after.score - before.score
    margin = Z * hypot(before.error, after.error)
    if abs(size) <= margin:
        return Change("not_proven", size, margin)
    return Change("changed_up" if size > 0 else "changed_down", size, margin)


def rate(hits: int, total: int) -> Rate:
    """Return a share with its Wilson interval: response rate, outcome rate.

    hits: responses with a score. total: tokens shown or sent.
    Without a total, or with one smaller than the hits, there is no percent: customers who mint
    their own tokens do not tell us how many they sent.

    >>> rate(18, 20).percent
    90.0
    >>> rate(3, 0)
    Rate(hits=3, total=0, percent=None, interval=None)
    """
    if total == 0 or hits > total:
        return Rate(hits, total)
    return Rate(hits, total, 100 * hits / total, share_interval(hits, total))


def share_change(hits: int, n: int, hits_after: int, n_after: int) -> Change:
    """Say whether a share moved, as ``change`` does for scores, by the intervals of both sides.

    Plain errors prove too much of what few or none did before, as it is with words: 0 of 29 has no
    error at all. Where a side has fewer than INDICATIVE_FROM people nothing is proven.
    Source: R. G. Newcombe, "Interval Estimation for the Difference Between Independent
    Proportions", Statistics in Medicine 17, 1998, 873-890, method 10.

    >>> share_change(10, 100, 30, 100).verdict
    'changed_up'
    >>> share_change(0, 29, 5, 56).verdict
    'not_proven'
    >>> share_change(1, 9, 9, 9)
    Change(verdict='not_proven', size=None, margin=None)
    """
    if n < INDICATIVE_FROM or n_after < INDICATIVE_FROM:
        return Change("not_proven")
    before, after = 100 * hits / n, 100 * hits_after / n_after
    interval, interval_after = share_interval(hits, n), share_interval(hits_after, n_after)
    assert interval is not None, "there are people"
    assert interval_after is not None, "there are people"
    size = after - before
    if size > 0:
        margin = hypot(after - interval_after.low, interval.high - before)
    else:
        margin = hypot(interval_after.high - after, before - interval.low)
    if abs(size) <= margin:
        return Change("not_proven", size, margin)
    return Change("changed_up" if size > 0 else "changed_down", size, margin)
