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
from feedback_service.domain.surveys import Definition
from feedback_service.domain.words.terms import terms_of
from feedback_service.domain.words.text import language_of
from feedback_service.storage.reports.counting import EVERYBODY
from feedback_service.storage.reports.daily import Moment, one_moment
from feedback_service.storage.words import comments
from feedback_service.storage.words.comments import Comment
from feedback_service.usecases.reporting.asking import Asked, Scope, scope_of
from feedback_service.usecases.reporting.gathering import gather
from feedback_service.usecases.service import Service

USUAL_TOP: Final = 20
MOST_TOP: Final = 100
# Of each period, the newest: enough for shares to a fraction of a percent, read in a second.
MOST_COMMENTS: Final = 20_000
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
    definition: Definition
    newest_version: int
    # (band, whether it is the period asked for)
    heard: dict[tuple[str, bool], _Heard] = field(default_factory=dict)


def top_words(
    service: Service, project_id: int, asked: Asked, now: datetime, top: int = USUAL_TOP
) -> Spoken:
    """Return the words and tags that most comments of a period hold, by band.

    Without test, excluded and unconfirmed answers. Of employees and partners only what several
    said, see domain/measures/protection.py. Raises NotFound, InvalidValue.
    """
    scope = scope_of(service, project_id, asked, now)
    period, before = scope.period, scope.period.before()
    with one_moment(service.database) as connection:
        shown = _released_days(connection, scope, [before, period])
        read = {whole: _read(connection, scope, whole, shown) for whole in (period, before)}
        since, until = bounds(period, scope.zone)
        total = comments.how_many(connection, _ids(scope), since, until)
    groups: dict[tuple[Any, ...], _Group] = {}
    for survey in scope.surveys:
        _group_of(groups, survey.definition, survey.version_id)
    for whole, found in read.items():
        for one in found:
            _hear(groups, scope, one, is_now=whole == period)
    newest_first = sorted(groups.values(), key=lambda group: -group.newest_version)
    return Spoken(
        scope.project.timezone,
        period,
        before,
        total,
        len(read[period]),
        tuple(_defined(group, top) for group in newest_first),
    )


def _read(
    connection: Moment, scope: Scope, period: Period, shown: frozenset[date] | None
) -> list[Comment]:
    since, until = bounds(period, scope.zone)
    found = comments.counted(connection, _ids(scope), since, until, MOST_COMMENTS)
    if shown is None:
        return list(found)
    return [one for one in found if day_of(one.at, scope.zone) in shown]


def _released_days(
    connection: Moment, scope: Scope, periods: Sequence[Period]
) -> frozenset[date] | None:
    """Return the days whose answers may be shown; None where nobody needs that protection."""
    groups = gather(connection, scope, EVERYBODY, periods).groups
    if not any(group.is_protected for group in groups):
        return None
    days: set[date] = set()
    for group in groups:
        answered = {day: sum(scores) for day, scores in group.everybody.items()}
        for period in periods:
            days |= released(answered, period)
    return frozenset(days)


def _group_of(
    groups: dict[tuple[Any, ...], _Group], definition: Definition, version_id: int
) -> _Group:
    edges = tuple(definition.bands.of_score.items())
    kind = (definition.metric, definition.scale.name, edges, definition.audience)
    group = groups.setdefault(kind, _Group(definition, version_id))
    group.newest_version = max(group.newest_version, version_id)
    return group


def _hear(
    groups: dict[tuple[Any, ...], _Group], scope: Scope, one: Comment, *, is_now: bool
) -> None:
    version = scope.snapshot.survey_version(one.version_id)
    assert version is not None, "a survey version with responses is never deleted"
    group = _group_of(groups, version.definition, one.version_id)
    band = version.definition.bands.of_score[one.score]
    heard = group.heard.setdefault((band, is_now), _Heard())
    heard.comments += 1
    heard.words.update(terms_of(one.comment, _stop_words(one.locale)))
    heard.tags.update(one.tags)


def _stop_words(locale: str | None) -> frozenset[str]:
    """Return the words that say nothing in a language; English where it is not known."""
    language = "en" if locale is None else language_of(locale)
    return _list_of(_OTHER_CODES.get(language, language))


@cache  # of at most as many files as there are languages
def _list_of(language: str) -> frozenset[str]:
    if language not in LANGUAGE_MAPPING:
        return frozenset()
    return frozenset(word.casefold() for word in get_stop_words(language))


def _defined(group: _Group, top: int) -> DefinedWords:
    is_protected = group.definition.audience in PROTECTED
    bands = {}
    for name in group.definition.bands.names:
        now = group.heard.get((name, True), _Heard())
        before = group.heard.get((name, False), _Heard())
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


def _ids(scope: Scope) -> list[int]:
    return [survey.id for survey in scope.surveys]
