"""Many values and how many gave each score, as text that adds up quickly.

The people who gave 0, 1, 2 … are lanes of one whole number, the first in its lowest bits, so that
adding two values' people is one addition: 50,000 accounts over three years are 1.7 million values
to add up. Every text says how wide its lanes are, in hexadecimal digits; three more than its
largest count needs, so that some thousands of texts add up without running into the next lane.
"""

from collections.abc import Mapping
from operator import add
from typing import Final

import orjson

from feedback_service.storage.reports.counting import MOST_SCORES, Scores

_SPARE: Final = 3
# Below 16 to the power of _SPARE.
MOST_TEXTS: Final = 4_000

# (score, value) -> people
People = Mapping[tuple[int, str], int]


def laned(people: People) -> str:
    """Write counts as text: {"digits": of a lane, "values": {value: lanes, hexadecimal}}.

    people: at least one, each 1 or more.
    """
    digits = len(f"{max(people.values()):x}") + _SPARE
    lanes: dict[str, int] = {}
    for (score, value), count in people.items():
        lanes[value] = lanes.get(value, 0) + (count << 4 * digits * score)
    shown = {value: f"{number:x}" for value, number in lanes.items()}
    return orjson.dumps({"digits": digits, "values": shown}).decode()


def values_in(text: str) -> int:
    """Return how many values a text holds."""
    return len(orjson.loads(text)["values"])


class Sum:
    """The sum of texts and of plain counts, by value."""

    def __init__(self) -> None:
        self._texts = 0
        self._by_digits: dict[int, dict[str, int]] = {}
        self._plain: dict[str, Scores] = {}

    def has_more_than(self, most: int) -> bool:
        """Tell whether there are more values than so many."""
        parts = [self._plain.keys(), *(lanes.keys() for lanes in self._by_digits.values())]
        # Those of lanes of another width, and of plain counts, may be the same ones.
        return sum(map(len, parts)) > most and len(set[str]().union(*parts)) > most

    def add_text(self, text: str) -> None:
        """Add what `laned` wrote."""
        self._texts += 1
        if self._texts > MOST_TEXTS:
            self._fold()
        read = orjson.loads(text)
        lanes = self._by_digits.setdefault(read["digits"], {})
        known = lanes.get
        for value, number in read["values"].items():
            lanes[value] = known(value, 0) + int(number, 16)

    def add_scores(self, value: str, scores: Scores) -> None:
        """Add how many gave each score; there must be all MOST_SCORES."""
        known = self._plain.get(value)
        self._plain[value] = scores if known is None else list(map(add, known, scores))

    def scores(self) -> dict[str, Scores]:
        """Return value -> how many gave each score."""
        self._fold()
        return self._plain

    def _fold(self) -> None:
        """Take the lanes apart."""
        for digits, lanes in self._by_digits.items():
            mask = 16**digits - 1
            shifts = [4 * digits * score for score in range(MOST_SCORES)]
            for value, number in lanes.items():
                self.add_scores(value, [(number >> shift) & mask for shift in shifts])
        self._by_digits = {}
        self._texts = 1
