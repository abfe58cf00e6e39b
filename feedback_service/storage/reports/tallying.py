"""Adds up counts of days and months to those of the periods asked for."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import sub
from typing import Final

from feedback_service.domain.measures.periods import Period
from feedback_service.storage.reports.counting import EVERYBODY, DayCount, Scores, added
from feedback_service.storage.reports.lanes import Sum
from feedback_service.storage.reports.packing import scores_in

# (version_id, dimension, first day of what was counted, counts as kept)
KeptRow = tuple[int, str, date, str]
_Place = tuple[int, date]

# More values of a dimension than this, in one period, no report tells apart.
MOST_TOLD_APART: Final = 100_000
# Days counted from the rows in one go, so that no read holds up writers for long.
MOST_DAYS_AT_ONCE: Final = 31


class TooManyValues(Exception):
    """Nearly every answer has a value of its own: an order number, not a segment."""


class Tally:
    """The answers to one survey, by version, value and period, or day."""

    def __init__(self, periods: Sequence[Period], *, by_day: bool) -> None:
        """periods: disjoint and in order."""
        self._periods = periods
        self._firsts = [period.first for period in periods]
        self._by_day = by_day
        # Added up at the end, score by score: most of the work is then done in C.
        self._everybody: dict[_Place, list[Scores]] = defaultdict(list)
        self._valued: dict[_Place, Sum] = defaultdict(Sum)

    def holds(self, day: date) -> bool:
        return self._first(day) is not None

    def together(self, day: date) -> date:
        """Return the last day that may be counted together with a day that it holds."""
        if self._by_day:
            return day
        last = self._periods[bisect_right(self._firsts, day) - 1].last
        return min(last, day + timedelta(days=MOST_DAYS_AT_ONCE - 1))

    def add_kept(self, rows: Iterable[KeptRow]) -> None:
        """Add counts that are kept: those of everybody, and those of a dimension's values.

        Raises TooManyValues.
        """
        for version_id, dimension, day, counts in rows:
            first = self._first(day)
            if first is None:
                continue
            if dimension == EVERYBODY:
                self._everybody[version_id, first].append(scores_in(counts))
                continue
            total = self._valued[version_id, first]
            total.add_text(counts)
            _limit(total)

    def add_live(self, day: date, rows: Iterable[tuple[int, str | None, Scores]]) -> None:
        """Add what was counted from the rows of a day, or of those together with it.

        rows: (version_id, value, scores). Raises TooManyValues.
        """
        first = self._first(day)
        assert first is not None, "nobody counts what was not asked for"
        with_values: set[int] = set()
        for version_id, value, scores in rows:
            self._everybody[version_id, first].append(scores)
            if value is not None:
                self._valued[version_id, first].add_scores(value, scores)
                with_values.add(version_id)
        for version_id in with_values:
            _limit(self._valued[version_id, first])

    def counts(self, survey_id: int) -> list[DayCount]:
        """Return the sums; who has no value is what the values lack of everybody."""
        found: list[DayCount] = []
        for place, everybody in self._everybody.items():
            version_id, first = place
            rest = added(everybody)
            if place in self._valued:
                sums = self._valued[place].scores()
                found += [DayCount(first, survey_id, version_id, v, s) for v, s in sums.items()]
                rest = list(map(sub, rest, added(list(sums.values()))))
            if any(rest):
                found.append(DayCount(first, survey_id, version_id, None, rest))
        return found

    def _first(self, day: date) -> date | None:
        """Return under which day to put a day; None outside the periods."""
        number = bisect_right(self._firsts, day) - 1
        if number < 0 or day > self._periods[number].last:
            return None
        return day if self._by_day else self._firsts[number]


def _limit(total: Sum) -> None:
    if total.has_more_than(MOST_TOLD_APART):
        raise TooManyValues
