"""Which comments a report on words counts, by definition, band and period; see words.py."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final

from stop_words import LANGUAGE_MAPPING, get_stop_words

from feedback_service.domain.measures.periods import Period, bounds, day_of
from feedback_service.domain.measures.protection import PROTECTED, released
from feedback_service.domain.surveys import Definition, Survey
from feedback_service.domain.words.terms import plain_text, terms_of
from feedback_service.domain.words.text import language_of
from feedback_service.storage.reports.daily import one_moment
from feedback_service.storage.words import comments
from feedback_service.storage.words.comments import Comment
from feedback_service.usecases.reporting.asking import Asked, Scope, scope_of
from feedback_service.usecases.service import Service

# Of each period, the newest: shares to a point or two, read while somebody waits.
MOST_COMMENTS: Final = 5_000
# Codes of ours that the lists know by another name.
_OTHER_CODES: Final = {"no": "nb", "nn": "nb"}


@dataclass(slots=True)
class Group:
    """Comments that may be counted together: of one metric, scale, set of edges and audience.

    newest: version that has the definition. heard: (band, period) -> comments, the newest first.
    """

    newest: Survey
    heard: dict[tuple[str, Period], list[Comment]] = field(default_factory=dict)

    @property
    def definition(self) -> Definition:
        return self.newest.definition

    @property
    def is_protected(self) -> bool:
        return self.definition.audience in PROTECTED

    def said(self, band: str, period: Period) -> list[Comment]:
        return self.heard.get((band, period), [])


@dataclass(frozen=True, slots=True)
class Hearing:
    """groups: the newest definition first.

    there_are: comments of the first period; looked_at: how many of them are in the groups.
    """

    scope: Scope
    groups: tuple[Group, ...]
    there_are: int
    looked_at: int


def hear(service: Service, scope: Scope, periods: Sequence[Period]) -> Hearing:
    """Read the comments of some periods that may be shown.

    Without test, excluded and unconfirmed answers. Of employees and partners only whole blocks,
    see domain/measures/protection.py.
    """
    ids = [survey.id for survey in scope.surveys]
    spans = [bounds(period, scope.zone) for period in periods]
    with_instants = bool(scope.snapshot.protected_versions(scope.project.id))
    groups = _Groups(scope)
    with one_moment(service.database) as connection:
        read = [
            comments.counted(connection, ids, *span, MOST_COMMENTS, with_instants=with_instants)
            for span in spans
        ]
        total = len(read[0])
        if total == MOST_COMMENTS:
            total = comments.how_many(connection, ids, *spans[0])
        asked = {one.version_id for found in read for one in found}
        is_protected = any(groups.of_version(number).is_protected for number in asked)
        ever = comments.instants(connection, ids) if is_protected else []
    days = _released(groups, scope, ever, periods)
    looked_at = [
        _sort_in(groups, scope, found, period, days)
        for period, found in zip(periods, read, strict=True)
    ]
    first = looked_at[0]
    return Hearing(scope, groups.newest_first(), first if is_protected else total, first)


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said; None for whatever it was.

    word: as the report shows it. version: of a survey, the newest that has the definition.
    """

    word: str | None = None
    band: str | None = None
    version: int | None = None


def who_said(
    service: Service, project_id: int, asked: Asked, said: Saying, now: datetime
) -> list[str]:
    """Return the ids of the answers that a report on words counts for something.

    Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now, or_all=True)
    found: list[str] = []
    for group in hear(service, scope, [scope.period]).groups:
        if said.version not in {None, group.newest.version}:
            continue
        for (band, _period), heard in group.heard.items():
            if said.band in {None, band}:
                found += [one.id for one in heard if said.word is None or has_word(one, said.word)]
    return found


def words_in(said: Iterable[Comment]) -> Counter[str]:
    """Return word -> how many comments hold it."""
    found: list[str] = []
    for one in said:
        found += terms_of(one.comment, _stop_words(one.locale))
    return Counter(found)


def has_word(one: Comment, word: str) -> bool:
    """Tell whether a comment counts for a word."""
    text = plain_text(one.comment)
    return word in text and word in terms_of(one.comment, _stop_words(one.locale))


class _Groups:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._groups: dict[tuple[Any, ...], Group] = {}
        self._of_version: dict[int, Group] = {}
        for survey in scope.surveys:
            self._of(survey)

    def of_version(self, version_id: int) -> Group:
        known = self._of_version.get(version_id)
        if known is None:
            version = self._scope.snapshot.survey_version(version_id)
            assert version is not None, "a survey version with responses is never deleted"
            known = self._of_version[version_id] = self._of(version)
        return known

    def newest_first(self) -> tuple[Group, ...]:
        return tuple(sorted(self._groups.values(), key=lambda group: -group.newest.version_id))

    def _of(self, version: Survey) -> Group:
        definition = version.definition
        edges = tuple(definition.bands.of_score.items())
        kind = (definition.metric, definition.scale.name, edges, definition.audience)
        group = self._groups.setdefault(kind, Group(version))
        group.newest = max(group.newest, version, key=lambda one: one.version_id)
        return group


def _released(
    groups: _Groups,
    scope: Scope,
    ever: Sequence[tuple[int, datetime]],
    periods: Sequence[Period],
) -> dict[tuple[int, Period], frozenset[date]]:
    """Find the days whose comments may be shown, in blocks of enough comments, group by group."""
    people: dict[int, Counter[date]] = {}
    for version_id, at in ever:
        days = people.setdefault(id(groups.of_version(version_id)), Counter())
        days[day_of(at, scope.zone)] += 1
    return {
        (number, period): released(days, period)
        for number, days in people.items()
        for period in periods
    }


def _sort_in(
    groups: _Groups,
    scope: Scope,
    found: Sequence[Comment],
    period: Period,
    days: dict[tuple[int, Period], frozenset[date]],
) -> int:
    """Put comments that may be shown to their groups; returns how many did."""
    heard = 0
    places: dict[tuple[int, int], list[Comment]] = {}
    for one in found:
        place = places.get((one.version_id, one.score))
        group = groups.of_version(one.version_id)
        if group.is_protected:
            assert one.at is not None, "read with instants where there is anybody to protect"
            if day_of(one.at, scope.zone) not in days.get((id(group), period), ()):
                continue
        if place is None:
            band = group.definition.bands.of_score[one.score]
            place = group.heard.setdefault((band, period), [])
            places[one.version_id, one.score] = place
        place.append(one)
        heard += 1
    return heard


@lru_cache(maxsize=1_000)
def _stop_words(locale: str | None) -> frozenset[str]:
    """Return the words that say nothing in a language, and in English.

    What is known is the language of the page: whoever is not at home in it writes English.
    """
    language = "en" if locale is None else language_of(locale)
    return _list_of(_OTHER_CODES.get(language, language))


@cache  # of at most as many files as there are languages
def _list_of(language: str) -> frozenset[str]:
    languages = {"en", language} & LANGUAGE_MAPPING.keys()
    return frozenset(word.lower() for one in languages for word in get_stop_words(one))
