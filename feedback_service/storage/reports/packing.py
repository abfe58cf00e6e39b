"""Packs the answers of one day into the few short texts that are kept of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

import orjson

from feedback_service.storage.reports.counting import COLUMNS, EVERYBODY, TRAIT, Scores, added

# A day with more values of a dimension, or more traits, than this is not kept in it.
MOST_VALUES: Final = 5_000
MOST_TRAITS: Final = 100
# So many a month may always have. More, up to the second, only when two or more answers share each
# on average: that spares a report of years the reading of its days. Order numbers are no segments.
USUAL_VALUES: Final = 1_000
MOST_IN_A_MONTH: Final = 50_000
# Stands there, without counts, on a day that has too many traits.
TRAITS: Final = "traits"

# (version_id, dimension) -> counts as kept, or None when they are too many.
Packed = dict[tuple[int, str], str | None]
_Tallies = dict[tuple[int, str], dict[str | None, Scores]]


def packed_day(rows: Iterable[tuple[Any, ...]]) -> Packed:
    """Pack the answers of one survey and day.

    rows: (version_id, score, traits as JSON text, then the values of COLUMNS), one per answer.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return {}
    versions, given, traits, *valued = columns
    tallies: _Tallies = {}

    def add(version_id: int, score: int, dimension: str, value: str | None, people: int) -> None:
        scores = tallies.setdefault((version_id, dimension), {}).setdefault(value, [])
        scores.extend([0] * (score + 1 - len(scores)))
        scores[score] += people

    # Equal ones are counted first, column by column: most of the work is then done in C.
    for (version_id, score), people in Counter(zip(versions, given, strict=True)).items():
        add(version_id, score, EVERYBODY, None, people)
    for name, values in zip(COLUMNS, valued, strict=True):
        by_value = Counter(zip(versions, given, values, strict=True))
        for (version_id, score, value), people in by_value.items():
            if value is not None:
                add(version_id, score, name, value, people)
    for (version_id, score, text), people in Counter(
        zip(versions, given, traits, strict=True)
    ).items():
        for dimension, value in _traits_of(text):
            add(version_id, score, dimension, value, people)
    return _limited(tallies, lambda by_value: len(by_value) <= MOST_VALUES)


def unpacked(counts: str) -> list[tuple[str | None, Scores]]:
    """Return (value, scores) pairs."""
    pairs: list[tuple[str | None, Scores]] = orjson.loads(counts)
    return pairs


def packed_month(days: Iterable[tuple[int, str, str | None]]) -> Packed:
    """Pack what was kept of the days of a month: (version_id, dimension, counts) of each."""
    gathered: dict[tuple[int, str], dict[str | None, list[Scores]]] = {}
    unknown: set[tuple[int, str]] = set()
    for version_id, dimension, counts in days:
        if counts is None:
            unknown.add((version_id, dimension))
            continue
        by_value = gathered.setdefault((version_id, dimension), {})
        for value, scores in unpacked(counts):
            by_value.setdefault(value, []).append(scores)
    tallies = {
        key: {value: added(scores) for value, scores in by_value.items()}
        for key, by_value in gathered.items()
        if key not in unknown
    }
    return _limited(tallies, _is_worth_a_month) | dict.fromkeys(unknown)


def has_many_values(counts: str) -> bool:
    """Tell whether a day's counts are worth their room only as part of a month."""
    return len(unpacked(counts)) > USUAL_VALUES


def _is_worth_a_month(by_value: dict[str | None, Scores]) -> bool:
    many = len(by_value)
    if many <= USUAL_VALUES:
        return True
    return many <= MOST_IN_A_MONTH and 2 * many <= sum(map(sum, by_value.values()))


def _limited(tallies: _Tallies, fits: Callable[[dict[str | None, Scores]], bool]) -> Packed:
    traits: Counter[int] = Counter(v for v, dimension in tallies if dimension.startswith(TRAIT))
    packed: Packed = {(v, TRAITS): None for v, names in traits.items() if names > MOST_TRAITS}
    for (version_id, dimension), by_value in tallies.items():
        if dimension.startswith(TRAIT) and (version_id, TRAITS) in packed:
            continue
        packed[version_id, dimension] = (
            orjson.dumps(list(by_value.items())).decode() if fits(by_value) else None
        )
    return packed


@lru_cache(maxsize=20_000)
def _traits_of(text: str) -> tuple[tuple[str, str], ...]:
    traits: dict[str, str] = json.loads(text)
    return tuple((TRAIT + name, value) for name, value in traits.items())
