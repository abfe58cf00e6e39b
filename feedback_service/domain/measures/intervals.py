"""How sure a figure is: variances, standard errors and intervals, all at 95 %.

Two kinds of figure exist. A *net* figure (NPS, net ease) counts each answer as +1, 0 or -1.
A *share* (CSAT, CES, a response rate) counts it as 1 or 0. Every function takes people,
n being everybody who answered, the middle band included.
"""

from math import ceil, sqrt
from typing import Final, NamedTuple

from feedback_service.domain.errors import InvalidValue

# 95 % of a normal distribution lies within this many standard errors. The sources use 1.96,
# not 1.959964, and our worked vectors are theirs.
Z: Final = 1.96


class Interval(NamedTuple):
    """A 95 % interval, in the unit of its figure."""

    low: float
    high: float


def net_variance(good: int, bad: int, n: int) -> float:
    """Return the variance of one answer that counts +1, 0 or -1: p + d - (p - d)^2, 0.0..1.0.

    Raises ZeroDivisionError when nobody answered.
    Source: "trinomial means", J. Lewis and J. Sauro, measuringu.com/nps-confidence-intervals.

    >>> net_variance(50, 20, 100)
    0.61
    """
    # Whole numbers up to the division: float noise would take an all-equal answer below zero.
    return ((good + bad) * n - (good - bad) ** 2) / n**2


def share_variance(hits: int, n: int) -> float:
    """Return the variance of one answer that counts 1 or 0: p(1 - p), 0.0..0.25.

    Raises ZeroDivisionError when nobody answered.

    >>> share_variance(90, 100)
    0.09
    """
    return hits * (n - hits) / n**2


def standard_error(variance: float, n: int) -> float:
    """Return the plain standard error in points: 100 * sqrt(variance / n).

    Raises ZeroDivisionError when nobody answered.

    >>> round(Z * standard_error(net_variance(50, 20, 100), 100), 2)
    15.31
    """
    return 100 * sqrt(variance / n)


def net_interval(good: int, bad: int, n: int) -> Interval | None:
    """Return the adjusted-Wald interval of a net score in points, inside -100..100.

    None when nobody answered. It is centred a little nearer to zero than the score, and
    keeps a width where everybody gave the same answer, where the plain one has none.
    Source: B. Rocks, "Interval Estimation for the 'Net Promoter Score'", The American
    Statistician 70(4), 2016, 365-372.

    >>> [round(end, 2) for end in net_interval(50, 20, 100)]
    [14.05, 44.2]
    >>> [round(end, 2) for end in net_interval(8, 0, 8)]
    [38.54, 100.0]
    """
    if n == 0:
        return None
    size = n + 3
    p = (good + 0.75) / size
    d = (bad + 0.75) / size
    centre = p - d
    margin = Z * sqrt((p + d - centre**2) / size)
    return Interval(max(-100.0, 100 * (centre - margin)), min(100.0, 100 * (centre + margin)))


def share_interval(hits: int, n: int) -> Interval | None:
    """Return the Wilson interval of a share in percent, inside 0..100.

    None when there was nobody to count. 0 <= hits <= n.
    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
    Inference", Journal of the American Statistical Association 22, 1927, 209-212.

    >>> [round(end, 1) for end in share_interval(18, 20)]
    [69.9, 97.2]
    """
    if n == 0:
        return None
    z2 = Z * Z
    spread = Z * sqrt(z2 + 4 * hits * (n - hits) / n)
    low = (2 * hits + z2 - spread) / (2 * (n + z2))
    high = (2 * hits + z2 + spread) / (2 * (n + z2))
    # The ends can only leave the scale by rounding; 100 % satisfied must not read 99.99999.
    return Interval(100 * low if hits else 0.0, 100 * high if hits < n else 100.0)


def replies_needed(margin: float, variance: float = 1.0) -> int:
    """Return how many replies give a net score this margin, at least 1.

    margin: points either side, more than 0 and at most 100.
    variance: the one at hand (net_variance); 1.0, half promoters and half detractors, is the
    worst. The 3 are the people the adjusted interval adds by itself.
    Raises InvalidValue.
    Source: J. Lewis and J. Sauro, measuringu.com/nps-ci-sample-size.

    >>> replies_needed(10, net_variance(45, 20, 100))
    223
    >>> replies_needed(10)
    382
    """
    if not 0 < margin <= 100:
        raise InvalidValue("a margin is more than 0 and at most 100 points", "/margin")
    return max(1, ceil(variance * Z**2 / (margin / 100) ** 2 - 3))


def share_replies_needed(margin: float, variance: float = 0.25) -> int:
    """Return how many replies give a share this margin, at least 1.

    margin: points either side, more than 0 and at most 100.
    variance: the one at hand (share_variance); 0.25, half and half, is the worst. The z^2 are the
    people Wilson's interval adds by itself.
    Raises InvalidValue.
    Source: A. Agresti and B. Coull, "Approximate Is Better than 'Exact' for Interval Estimation of
    Binomial Proportions", The American Statistician 52(2), 1998, 119-126.

    >>> share_replies_needed(5)
    381
    """
    if not 0 < margin <= 100:
        raise InvalidValue("a margin is more than 0 and at most 100 points", "/margin")
    return max(1, ceil(variance * Z**2 / (margin / 100) ** 2 - Z**2))
