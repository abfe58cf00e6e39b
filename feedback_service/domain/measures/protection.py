"""Keeps single people out of the results of employees and partners, also by subtraction.

A small group is not shown. That alone protects nobody: what a total has and its parts lack can be
subtracted, and so can a period from one that is a day longer. So

- answers are released in blocks: the days of a group, from its first answer on, are cut into the
  shortest runs that hold enough answers, and a period shows the blocks that lie wholly inside it.
  Any two periods differ by whole blocks, and the newest answers wait until they are enough;
- when the hidden parts of a total would be too few together, a further part is hidden with them.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from feedback_service.domain.measures.periods import Period
from feedback_service.domain.measures.scales import Audience

Part = TypeVar("Part", bound=Hashable)

# Customary in employee surveys; below it people recognise each other's answers.
MIN_GROUP: Final = 5
PROTECTED: Final[frozenset[Audience]] = frozenset({"employee", "partner"})


def blocks(people: Mapping[date, int], smallest: int = MIN_GROUP) -> list[Period]:
    """Cut the days of one group into runs of at least `smallest` answers.

    people: day -> how many answered; all days there ever were. What is left over at the end is
    in no block.

    >>> day = date(2026, 3, 1)
    >>> [len(range(one.days)) for one in blocks({day: 3, day.replace(day=2): 2}, 5)]
    [2]
    >>> blocks({day: 4}, 5)
    []
    """
    found: list[Period] = []
    first: date | None = None
    waiting = 0
    for day in sorted(day for day, answered in people.items() if answered):
        first = first or day
        waiting += people[day]
        if waiting >= smallest:
            found.append(Period(first, day))
            first, waiting = None, 0
    return found


def released(
    people: Mapping[date, int], period: Period, smallest: int = MIN_GROUP
) -> frozenset[date]:
    """Return the days of the period whose answers may be shown."""
    inside = [
        block
        for block in blocks(people, smallest)
        if period.first <= block.first and block.last <= period.last
    ]
    return frozenset(day for day in people if any(block.holds(day) for block in inside))


def hidden_parts(
    shown: Mapping[Part, int], total: int, smallest: int = MIN_GROUP
) -> frozenset[Part]:
    """Return the parts of a total that must not be shown.

    shown: part -> how many of it would be shown. total: shown beside them; what the parts lack of
    it can be found by subtracting, so it must be nobody or enough.
    """
    hidden = {part for part, people in shown.items() if people < smallest}
    rest = total - sum(people for part, people in shown.items() if part not in hidden)
    for part in _smallest_first(shown, hidden):
        if rest <= 0 or rest >= smallest:
            break
        hidden.add(part)
        rest += shown[part]
    return frozenset(hidden)


def _smallest_first(shown: Mapping[Part, int], hidden: Iterable[Part]) -> Sequence[Part]:
    already = frozenset(hidden)
    return sorted((p for p in shown if p not in already), key=lambda p: (shown[p], str(p)))
