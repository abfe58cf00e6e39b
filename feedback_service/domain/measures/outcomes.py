"""Outcomes: what people did after they answered, and how much more often some did than others."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import exp, isfinite, log, sqrt
from typing import Final, Literal

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.intervals import Interval, Z
from feedback_service.domain.measures.metrics import INDICATIVE_FROM
from feedback_service.domain.respondents import check_ref

OutcomeKind = Literal["churned", "renewed", "complaint", "return", "refund", "purchase", "review"]
# kind -> what somebody does, for a sentence.
KINDS: Final[dict[OutcomeKind, str]] = {
    "churned": "churns",
    "renewed": "renews",
    "complaint": "complains",
    "return": "sends something back",
    "refund": "asks for a refund",
    "purchase": "buys again",
    "review": "writes a review",
}
# Who has left cannot leave again, unless they came back.
LEAVES: Final[OutcomeKind] = "churned"
COMES_BACK: Final[tuple[OutcomeKind, ...]] = ("renewed", "purchase")
MAX_VALUE: Final = 1e12


@dataclass(frozen=True, slots=True)
class Outcome:
    """value: in the customer's own unit, usually money; None when there is none."""

    respondent: str
    kind: OutcomeKind
    at: datetime
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as often; interval: 95 %."""

    times: float
    interval: Interval

    @property
    def is_proven(self) -> bool:
        return self.interval.low > 1 or self.interval.high < 1


def check_outcome(outcome: Outcome, now: datetime) -> None:
    """Raise InvalidValue for an outcome that cannot be: unknown kind, not yet, no number."""
    check_ref(outcome.respondent)
    if outcome.kind not in KINDS:
        raise InvalidValue(f"no kind {outcome.kind!r}: use {', '.join(KINDS)}", "/kind")
    if outcome.at > now:
        raise InvalidValue("it lies in the future: tell what has happened", "/at")
    if outcome.at.year < 1990:
        raise InvalidValue("it lies before 1990", "/at")
    value = outcome.value
    if value is not None and (not isfinite(value) or abs(value) > MAX_VALUE):
        raise InvalidValue("a value is a number of at most 1e12 either side of 0", "/value")


def risk_ratio(hits: int, n: int, other_hits: int, other_n: int) -> Ratio | None:
    """Return how many times as often something happened to the first group as to the other.

    None when it never happened in one of them: then there is no ratio. None, too, when one of them
    has fewer people than a figure takes anywhere else: there the formula promises too much.
    Source: D. Katz, J. Baptista, S. P. Azen, M. C. Pike, "Obtaining Confidence Intervals for the
    Risk Ratio in Cohort Studies", Biometrics 34(3), 1978, 469-474.

    >>> found = risk_ratio(30, 100, 10, 100)
    >>> round(found.times, 2), [round(end, 2) for end in found.interval]
    (3.0, [1.55, 5.8])
    >>> risk_ratio(3, 10, 0, 10) is None
    True
    """
    if not hits or not other_hits or min(n, other_n) < INDICATIVE_FROM:
        return None
    times = (hits * other_n) / (n * other_hits)
    error = sqrt(1 / hits - 1 / n + 1 / other_hits - 1 / other_n)
    return Ratio(times, Interval(exp(log(times) - Z * error), exp(log(times) + Z * error)))


@dataclass(slots=True)
class Worth:
    """Values added up one by one, such that large ones do not drown how much they differ.

    Source: B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and
    Products", Technometrics 4(3), 1962, 419-420.
    """

    hits: int = 0
    total: float = 0.0
    _mean: float = 0.0
    _deviations: float = 0.0

    def add(self, value: float) -> None:
        self.hits += 1
        self.total += value
        off = value - self._mean
        self._mean += off / self.hits
        self._deviations += off * (value - self._mean)

    def interval(self, n: int) -> Interval | None:
        """Return the plain interval of the mean of n people, those without a value counting 0.

        None under 30 people, where money is too skewed for it.
        """
        if n < 30:
            return None
        others = n - self.hits
        deviations = self._deviations + self._mean**2 * self.hits * others / n
        mean, margin = self.total / n, Z * sqrt(deviations / (n - 1) / n)
        return Interval(mean - margin, mean + margin)


def months_after(at: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, the last of a shorter month.

    months: negative for earlier.
    """
    number = 12 * at.year + at.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def within_months(outcomes: Iterable[Outcome], answered_at: datetime, months: int) -> list[Outcome]:
    """Return those within so many months after an answer."""
    end = months_after(answered_at, months)
    return [one for one in outcomes if answered_at < one.at <= end]
