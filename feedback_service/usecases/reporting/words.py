"""What people talk about: top words and tags of each band, and what changed since last time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from itertools import chain
from typing import Final

from feedback_service.domain.measures.metrics import Change, Rate, rate, share_change
from feedback_service.domain.measures.periods import Period
from feedback_service.domain.measures.protection import MIN_GROUP
from feedback_service.domain.surveys import Definition
from feedback_service.storage.words.comments import Comment
from feedback_service.usecases.reporting.asking import Asked, scope_of
from feedback_service.usecases.reporting.hearing import Group, hear, words_in
from feedback_service.usecases.service import Service

USUAL_TOP: Final = 20
MOST_TOP: Final = 100


@dataclass(frozen=True, slots=True)
class Said:
    """A word or tag. rate: comments with it, of the band's. before: the period before."""

    what: str
    rate: Rate
    before: Rate
    change: Change


@dataclass(frozen=True, slots=True)
class BandWords:
    """comments: of the band that were looked at; None when they are too few to be shown."""

    comments: int | None
    words: tuple[Said, ...]
    tags: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class DefinedWords:
    """bands: name -> its words, bad to good. version: the newest of the survey that has it."""

    definition: Definition
    version: int
    bands: dict[str, BandWords]


@dataclass(frozen=True, slots=True)
class Spoken:
    """comments: how many the period has; looked_at: how many of them were read, the newest.

    definitions: one for each definition, the newest first.
    """

    timezone: str
    period: Period
    before: Period
    comments: int
    looked_at: int
    definitions: tuple[DefinedWords, ...]


def top_words(
    service: Service, project_id: int, asked: Asked, now: datetime, top: int = USUAL_TOP
) -> Spoken:
    """Return the words and tags that most comments of a period hold, by band.

    Without test, excluded and unconfirmed answers. Of employees and partners only what several
    said, see domain/measures/protection.py. Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now)
    period, before = scope.period, scope.period.before()
    hearing = hear(service, scope, (period, before))
    return Spoken(
        scope.project.timezone,
        period,
        before,
        hearing.there_are,
        hearing.looked_at,
        tuple(_defined(group, period, before, top) for group in hearing.groups),
    )


def _defined(group: Group, period: Period, before_it: Period, top: int) -> DefinedWords:
    bands = {
        name: _of_band(group, group.said(name, period), group.said(name, before_it), top)
        for name in group.definition.bands.names
    }
    return DefinedWords(group.definition, group.newest.version, bands)


def _of_band(
    group: Group, now: Sequence[Comment], before: Sequence[Comment], top: int
) -> BandWords:
    if group.is_protected and 0 < len(now) < MIN_GROUP:
        return BandWords(None, (), ())
    if group.is_protected and len(before) < MIN_GROUP:
        before = ()
    least = MIN_GROUP if group.is_protected else 1
    people = (len(now), len(before))
    words = _most_said(words_in(now), words_in(before), people, least, top)
    return BandWords(
        len(now), words, _most_said(_tags_of(now), _tags_of(before), people, least, top)
    )


def _tags_of(said: Iterable[Comment]) -> Counter[str]:
    return Counter(chain.from_iterable(one.tags for one in said))


def _most_said(
    said: Counter[str], said_before: Counter[str], people: tuple[int, int], least: int, top: int
) -> tuple[Said, ...]:
    """Return what at least so many said, the most frequent first. people: now, before."""
    n, n_before = people
    often = ((-hits, what) for what, hits in said.items() if hits >= least)
    found = []
    for minus, what in nsmallest(top, often):
        earlier = said_before[what] if said_before[what] >= least else 0
        change = share_change(earlier, n_before, -minus, n)
        found.append(Said(what, rate(-minus, n), rate(earlier, n_before), change))
    return tuple(found)
