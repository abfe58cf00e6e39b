"""Tags of a response: those set by people, and those that came by rule and go with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_TAGS: Final = 50


@dataclass(frozen=True, slots=True)
class Tagged:
    """tags: all of them, as shown. by_rule: those that came by rule.

    refused: came by rule and were taken away by a person; no rule brings them back.
    """

    tags: tuple[str, ...]
    by_rule: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def retagged(before: Tagged, found: Iterable[str]) -> Tagged:
    """Return the tags once the rules found these; what people did stays as they did it.

    >>> retagged(Tagged(("vip", "late"), by_rule=("late",)), ["price"])
    Tagged(tags=('vip', 'price'), by_rule=('price',), refused=())
    >>> retagged(Tagged((), by_rule=("late",)), ["late"])
    Tagged(tags=(), by_rule=(), refused=('late',))
    """
    taken_away = (tag for tag in before.by_rule if tag not in before.tags)
    refused = tuple(
        dict.fromkeys(tag for tag in (*before.refused, *taken_away) if tag not in before.tags)
    )
    own = tuple(tag for tag in before.tags if tag not in before.by_rule)
    room = max(0, MAX_TAGS - len(own))
    new = [tag for tag in dict.fromkeys(found) if tag not in own and tag not in refused]
    by_rule = tuple(new[:room])
    return Tagged((*own, *by_rule), by_rule, refused)
