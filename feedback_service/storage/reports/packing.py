"""Packs the answers of one day into the few short texts that are kept of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from feedback_service.storage.reports.counting import (
    COLUMNS,
    EVERYBODY,
    MOST_SCORES,
    TRAIT,
    Scores,
    added,
)
from feedback_service.storage.reports.lanes import People, Sum, laned, values_in

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
_Kind = tuple[int, str]


def packed_day(rows: Iterable[tuple[Any, ...]]) -> Packed:
    """Pack the answers of one survey and day.

    rows: (version_id, score, traits as JSON text, then the values of COLUMNS), one per answer.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return {}
    versions, given, traits, *valued = columns
    found: dict[_Kind, Counter[tuple[int, str]]] = defaultdict(Counter)
    # Equal ones are counted first, column by column: most of the work is then done in C.
    for name, values in zip(COLUMNS, valued, strict=True):
        by_value = Counter(zip(versions, given, values, strict=True))
        for (version_id, score, value), people in by_value.items():
            if value is not None:
                found[version_id, name][score, value] += people
    by_text = Counter(zip(versions, given, traits, strict=True))
    for (version_id, score, text), people in by_text.items():
        for dimension, value in _traits_of(text):
            found[version_id, dimension][score, value] += people
    everybody: dict[int, Scores] = defaultdict(lambda: [0] * MOST_SCORES)
    for (version_id, score), people in Counter(zip(versions, given, strict=True)).items():
        everybody[version_id][score] = people
    return _packed(everybody, found, lambda people: len(_values(people)) <= MOST_VALUES)


def packed_month(days: Iterable[tuple[int, str, str | None]]) -> Packed:
    """Pack what was kept of the days of a month: (version_id, dimension, counts) of each."""
    everybody: dict[int, list[Scores]] = defaultdict(list)
    sums: dict[_Kind, Sum] = defaultdict(Sum)
    unknown: set[_Kind] = set()
    for version_id, dimension, counts in days:
        if counts is None:
            unknown.add((version_id, dimension))
        elif dimension == EVERYBODY:
            everybody[version_id].append(scores_in(counts))
        else:
            sums[version_id, dimension].add_text(counts)
    found = {
        kind: {
            (score, value): people
            for value, scores in total.scores().items()
            for score, people in enumerate(scores)
            if people
        }
        for kind, total in sums.items()
        if kind not in unknown
    }
    totals = {version_id: added(scores) for version_id, scores in everybody.items()}
    return _packed(totals, found, _is_worth_a_month) | dict.fromkeys(unknown)


def scores_in(counts: str) -> Scores:
    """Return what is kept of EVERYBODY: how many gave each score."""
    scores: Scores = orjson.loads(counts)
    return scores


def has_many_values(counts: str) -> bool:
    """Tell whether a day's counts of values are worth their room only as part of a month."""
    return values_in(counts) > USUAL_VALUES


def _is_worth_a_month(people: People) -> bool:
    many = len(_values(people))
    if many <= USUAL_VALUES:
        return True
    return many <= MOST_IN_A_MONTH and 2 * many <= sum(people.values())


def _values(people: People) -> set[str]:
    return {value for _score, value in people}


def _packed(
    everybody: Mapping[int, Scores], found: Mapping[_Kind, People], fits: Callable[[People], bool]
) -> Packed:
    traits = Counter(v for v, dimension in found if dimension.startswith(TRAIT))
    packed: Packed = {(v, TRAITS): None for v, names in traits.items() if names > MOST_TRAITS}
    for (version_id, dimension), people in found.items():
        if dimension.startswith(TRAIT) and (version_id, TRAITS) in packed:
            continue
        packed[version_id, dimension] = laned(people) if fits(people) else None
    for version_id, scores in everybody.items():
        packed[version_id, EVERYBODY] = orjson.dumps(scores).decode()
    return packed


@lru_cache(maxsize=20_000)
def _traits_of(text: str) -> tuple[tuple[str, str], ...]:
    traits: dict[str, str] = json.loads(text)
    return tuple((TRAIT + name, value) for name, value in traits.items())
