"""What people talk about: top words and tags of each band, and what changed since last time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from stop_words import LANGUAGE_MAPPING, get_stop_words

from feedback_service.domain.measures.metrics import Change, Rate, rate, share_change
from feedback_service.domain.measures.periods import Period, bounds, day_of
from feedback_service.domain.measures.protection import MIN_GROUP, PROTECTED, released
from feedback_service.domain.surveys import Definition, Survey
from feedback_service.domain.words.terms import terms_of
from feedback_service.domain.words.text import language_of
from feedback_service.storage.reports.daily import one_moment
from feedback_service.storage.words import comments
from feedback_service.storage.words.comments import Comment
from feedback_service.usecases.reporting.asking import Asked, Scope, scope_of
from feedback_service.usecases.service import Service

USUAL_TOP: Final = 20
MOST_TOP: Final = 100
# Of each period, the newest: shares to a point or two, read while somebody waits.
MOST_COMMENTS: Final = 5_000
# Codes of ours that the lists know by another name.
_OTHER_CODES: Final = {"no": "nb", "nn": "nb"}


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
    """bands: name -> its words, bad to good."""

    definition: Definition
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


@dataclass(slots=True)
class _Heard:
    """What the comments of one band and period hold."""

    comments: int = 0
    words: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Group:
    """days: of employees and partners, those whose comments may be shown, by period."""

    definition: Definition
    newest_version: int
    heard: dict[tuple[str, Period], _Heard] = field(default_factory=dict)
    days: dict[Period, frozenset[date]] = field(default_factory=dict)

    @property
    def is_protected(self) -> bool:
        return self.definition.audience in PROTECTED


class _Groups:
    """Comments that may be counted together: of one metric, scale, set of edges and audience."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._groups: dict[tuple[Any, ...], _Group] = {}
        for survey in scope.surveys:
            self.of(survey)

    def of(self, version: Survey) -> _Group:
        definition = version.definition
        edges = tuple(definition.bands.of_score.items())
        kind = (definition.metric, definition.scale.name, edges, definition.audience)
        group = self._groups.setdefault(kind, _Group(definition, version.version_id))
        group.newest_version = max(group.newest_version, version.version_id)
        return group

    def of_version(self, version_id: int) -> _Group:
        version = self._scope.snapshot.survey_version(version_id)
        assert version is not None, "a survey version with responses is never deleted"
        return self.of(version)

    def newest_first(self) -> list[_Group]:
        return sorted(self._groups.values(), key=lambda group: -group.newest_version)


def top_words(
    service: Service, project_id: int, asked: Asked, now: datetime, top: int = USUAL_TOP
) -> Spoken:
    """Return the words and tags that most comments of a period hold, by band.

    Without test, excluded and unconfirmed answers. Of employees and partners only what several
    said, see domain/measures/protection.py. Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now)
    period, before = scope.period, scope.period.before()
    ids = [survey.id for survey in scope.surveys]
    groups = _Groups(scope)
    since, until = bounds(period, scope.zone)
    with one_moment(service.database) as connection:
        read = {
            whole: list(
                comments.counted(connection, ids, *bounds(whole, scope.zone), MOST_COMMENTS)
            )
            for whole in (period, before)
        }
        total = comments.how_many(connection, ids, since, until)
        mine = {one.version_id for found in read.values() for one in found}
        is_protected = any(groups.of_version(number).is_protected for number in mine)
        ever = comments.instants(connection, ids) if is_protected else []
    _release(groups, scope, ever, (period, before))
    heard = {whole: sum(_hear(groups, scope, one, whole) for one in read[whole]) for whole in read}
    return Spoken(
        scope.project.timezone,
        period,
        before,
        heard[period] if is_protected else total,
        heard[period],
        tuple(_defined(group, period, before, top) for group in groups.newest_first()),
    )


def _release(
    groups: _Groups,
    scope: Scope,
    ever: Sequence[tuple[int, datetime]],
    periods: Sequence[Period],
) -> None:
    """Find the days whose comments may be shown, in blocks of enough comments, group by group."""
    days: dict[int, Counter[date]] = {}
    found: dict[int, _Group] = {}
    for version_id, at in ever:
        group = groups.of_version(version_id)
        found[id(group)] = group
        days.setdefault(id(group), Counter())[day_of(at, scope.zone)] += 1
    for number, group in found.items():
        group.days = {period: released(days[number], period) for period in periods}


def _hear(groups: _Groups, scope: Scope, one: Comment, period: Period) -> bool:
    """Count a comment, when it may be shown; tells whether it may."""
    group = groups.of_version(one.version_id)
    if group.is_protected and day_of(one.at, scope.zone) not in group.days.get(period, ()):
        return False
    band = group.definition.bands.of_score[one.score]
    heard = group.heard.setdefault((band, period), _Heard())
    heard.comments += 1
    heard.words.update(terms_of(one.comment, _stop_words(one.locale)))
    heard.tags.update(one.tags)
    return True


def _stop_words(locale: str | None) -> frozenset[str]:
    """Return the words that say nothing in a language; English where it is not known."""
    language = "en" if locale is None else language_of(locale)
    return _list_of(_OTHER_CODES.get(language, language))


@cache  # of at most as many files as there are languages
def _list_of(language: str) -> frozenset[str]:
    if language not in LANGUAGE_MAPPING:
        return frozenset()
    return frozenset(word.casefold() for word in get_stop_words(language))


def _defined(group: _Group, period: Period, before_it: Period, top: int) -> DefinedWords:
    is_protected = group.is_protected
    bands = {}
    for name in group.definition.bands.names:
        now = group.heard.get((name, period), _Heard())
        before = group.heard.get((name, before_it), _Heard())
        if is_protected and 0 < now.comments < MIN_GROUP:
            bands[name] = BandWords(None, (), ())
            continue
        if is_protected and before.comments < MIN_GROUP:
            before = _Heard()
        least = MIN_GROUP if is_protected else 1
        words, tags = (now.words, before.words), (now.tags, before.tags)
        people = (now.comments, before.comments)
        bands[name] = BandWords(
            now.comments,
            tuple(_most_said(*words, people, least)[:top]),
            tuple(_most_said(*tags, people, least)[:top]),
        )
    return DefinedWords(group.definition, bands)


def _most_said(
    said: Counter[str], said_before: Counter[str], people: tuple[int, int], least: int
) -> list[Said]:
    """Return what at least so many said, the most frequent first. people: now, before."""
    n, n_before = people
    found = []
    for what, hits in sorted(said.items(), key=lambda pair: (-pair[1], pair[0])):
        if hits < least:
            break
        earlier = said_before[what] if said_before[what] >= least else 0
        change = share_change(earlier, n_before, hits, n)
        found.append(Said(what, rate(hits, n), rate(earlier, n_before), change))
    return found
