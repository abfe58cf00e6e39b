"""Packs the answers of one day into the few short texts that are kept of it."""

import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import orjson

from feedback_service.storage.reports.counting import COLUMNS, EVERYBODY, TRAIT, Scores

# A day with more values of a dimension, or more traits, than this is not kept in it: a report
# by order number is rare, and counting the rows is then no slower than reading as many counts.
MOST_VALUES: Final = 1_000
MOST_TRAITS: Final = 100
# Stands there, without counts, on a day that has too many traits.
TRAITS: Final = "traits"

# (version_id, dimension) -> counts as kept, or None when they are too many.
Packed = dict[tuple[int, str], str | None]


def packed_day(rows: Iterable[tuple[Any, ...]]) -> Packed:
    """Pack the answers of one survey and day.

    rows: (version_id, score, traits as JSON text, then the values of COLUMNS), one per answer.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return {}
    versions, given, traits, *valued = columns
    tallies: dict[tuple[int, str], dict[str | None, Scores]] = {}

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
    return _limited(tallies)


def unpacked(counts: str) -> list[tuple[str | None, Scores]]:
    """Return (value, scores) pairs."""
    pairs: list[tuple[str | None, Scores]] = orjson.loads(counts)
    return pairs


def packed_month(days: Iterable[tuple[int, str, str | None]]) -> Packed:
    """Pack what was kept of the days of a month: (version_id, dimension, counts) of each."""
    tallies: dict[tuple[int, str], dict[str | None, Scores]] = {}
    unknown: set[tuple[int, str]] = set()
    for version_id, dimension, counts in days:
        if counts is None:
            unknown.add((version_id, dimension))
            continue
        by_value = tallies.setdefault((version_id, dimension), {})
        for value, scores in unpacked(counts):
            total = by_value.setdefault(value, [])
            total.extend([0] * (len(scores) - len(total)))
            for score, people in enumerate(scores):
                total[score] += people
    return _limited(tallies) | dict.fromkeys(unknown)


def _limited(tallies: dict[tuple[int, str], dict[str | None, Scores]]) -> Packed:
    traits: Counter[int] = Counter(v for v, dimension in tallies if dimension.startswith(TRAIT))
    packed: Packed = {(v, TRAITS): None for v, names in traits.items() if names > MOST_TRAITS}
    for (version_id, dimension), by_value in tallies.items():
        if dimension.startswith(TRAIT) and (version_id, TRAITS) in packed:
            continue
        packed[version_id, dimension] = (
            None
            if len(by_value) > MOST_VALUES
            else json.dumps(list(by_value.items()), ensure_ascii=False, separators=(",", ":"))
        )
    return packed


@lru_cache(maxsize=20_000)
def _traits_of(text: str) -> tuple[tuple[str, str], ...]:
    traits: dict[str, str] = json.loads(text)
    return tuple((TRAIT + name, value) for name, value in traits.items())
