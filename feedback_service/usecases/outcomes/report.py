"""What people did after they answered, by band and touchpoint."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.measures.intervals import Interval
from feedback_service.domain.measures.metrics import Rate, rate
from feedback_service.domain.measures.outcomes import (
    KINDS,
    LEAVES,
    OutcomeKind,
    Ratio,
    Worth,
    months_after,
    risk_ratio,
    within_months,
)
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.surveys import Definition
from feedback_service.storage.catalog import Snapshot
from feedback_service.storage.outcomes import outcomes
from feedback_service.storage.outcomes.followed import Followed, Group, people
from feedback_service.storage.outcomes.outcomes import Told
from feedback_service.usecases.service import Service

USUAL_WITHIN: Final = 6
USUAL_BACK: Final = 24
MOST_MONTHS: Final = 120
MOST_TOUCHPOINTS: Final = 200
# A CRM that is read every month is up to date.
_FRESH: Final = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Share:
    """One group and one kind. rate: of people. value: added up; mean: of all people there."""

    rate: Rate
    value: float
    mean: float | None
    mean_interval: Interval | None


@dataclass(frozen=True, slots=True)
class KindReport:
    """ratio: of the bad band to the good one; sentence: the same in words, None without one.

    told: all that is known of the kind. caution: why the rates may be too low, None when nothing
    says so: what is not told did not happen.
    """

    kind: OutcomeKind
    told: Told
    bands: dict[str, Share]
    touchpoints: dict[str | None, Share]
    ratio: Ratio | None
    sentence: str | None
    caution: str | None


@dataclass(frozen=True, slots=True)
class Defined:
    """touchpoints_left_out: how many are not shown, because more people answered elsewhere."""

    definition: Definition
    people: int
    kinds: tuple[KindReport, ...]
    touchpoints_left_out: int


@dataclass(frozen=True, slots=True)
class OutcomeReport:
    """Answers from `since` until before `until`, each followed for `within` months.

    definitions: answers of other scales or band edges are never mixed; the newest first.
    """

    survey: str
    within: int
    back: int
    since: datetime
    until: datetime
    definitions: tuple[Defined, ...]


@dataclass(slots=True)
class _Sums:
    """had_left: how many of the people had left before they answered: they cannot leave again."""

    people: int = 0
    had_left: int = 0
    worth: dict[OutcomeKind, Worth] = field(default_factory=dict)

    def count(self, group: Group) -> None:
        self.people += group.people
        self.had_left += group.people if group.had_left else 0

    def add(self, done: dict[OutcomeKind, float]) -> None:
        for kind, value in done.items():
            self.worth.setdefault(kind, Worth()).add(value)

    def share(self, kind: OutcomeKind) -> Share:
        worth = self.worth.get(kind, Worth())
        n = self.people - (self.had_left if kind == LEAVES else 0)
        mean = worth.total / n if n else None
        return Share(rate(worth.hits, n), worth.total, mean, worth.interval(n))


@dataclass(slots=True)
class _Group:
    definition: Definition
    newest: int = 0
    bands: dict[str, _Sums] = field(default_factory=dict)
    touchpoints: dict[str | None, _Sums] = field(default_factory=dict)


def report_outcomes(
    service: Service,
    project_id: int,
    key: str,
    now: datetime,
    *,
    within: int = USUAL_WITHIN,
    back: int = USUAL_BACK,
) -> OutcomeReport:
    """Return how many did what within so many months after their answer.

    back: how many months to look back. Each person counts once, with the first answer in that time
    that is at least `within` months old: who answered later has not had the time yet. Anonymous
    answers lead to nobody. Raises NotFound, InvalidValue.
    """
    snapshot = service.catalog.current()
    survey = snapshot.survey(project_id, key)
    if survey is None:
        raise NotFound(f"this project has no survey {key!r}", "/survey")
    if not 1 <= within < back <= MOST_MONTHS:
        raise InvalidValue(
            f"give 1 <= within < back <= {MOST_MONTHS} months: answers are looked at from `back` "
            "months ago until `within` months ago",
            "/within",
        )
    since, until = months_after(now, -back), months_after(now, -within)
    groups: dict[tuple[Any, ...], _Group] = {}
    for portion in people(service.database, project_id, survey.id, since, until):
        for counted in portion.groups:
            group = _group_of(groups, snapshot, counted.version_id)
            group.bands.setdefault(counted.band, _Sums()).count(counted)
            group.touchpoints.setdefault(counted.touchpoint, _Sums()).count(counted)
        for person in portion.active:
            _add(_group_of(groups, snapshot, person.version_id), person, within)
    if not groups:
        _group_of(groups, snapshot, survey.version_id)
    if any(group.definition.audience in PROTECTED for group in groups.values()):
        raise InvalidValue(
            "what employees and partners do later is not told by their answers: it would lead to "
            "single people",
            "/survey",
        )
    newest_first = sorted(groups.values(), key=lambda group: -group.newest)
    with service.database.read() as connection:
        told = outcomes.told(connection, project_id)
    known = {
        kind: (one, _caution(one, months_after(since, within), now)) for kind, one in told.items()
    }
    return OutcomeReport(
        key, within, back, since, until, tuple(_defined(group, known) for group in newest_first)
    )


def _group_of(groups: dict[tuple[Any, ...], _Group], snapshot: Snapshot, version_id: int) -> _Group:
    version = snapshot.survey_version(version_id)
    assert version is not None, "a survey version with responses is never deleted"
    definition = version.definition
    edges = tuple(definition.bands.of_score.items())
    kind = (definition.metric, definition.scale.name, edges, definition.audience)
    group = groups.setdefault(kind, _Group(definition))
    group.newest = max(group.newest, version_id)
    return group


def _add(group: _Group, person: Followed, within: int) -> None:
    done: dict[OutcomeKind, float] = {}
    for one in within_months(person.outcomes, person.answered_at, within):
        if one.kind != LEAVES or not person.had_left:
            done[one.kind] = done.get(one.kind, 0.0) + (one.value or 0.0)
    group.bands[person.band].add(done)
    group.touchpoints[person.touchpoint].add(done)


def _caution(told: Told, followed_from: datetime, now: datetime) -> str | None:
    """Say from when to when nothing is told. followed_from: when the first answer's months end."""
    gaps = []
    if told.first > followed_from:
        gaps.append(f"nothing before {told.first:%Y-%m-%d} is told")
    if now - told.last > _FRESH:
        gaps.append(f"nothing after {told.last:%Y-%m-%d} is told")
    return f"{' and '.join(gaps)}: the rates may be too low" if gaps else None


def _defined(group: _Group, known: Mapping[str, tuple[Told, str | None]]) -> Defined:
    kinds = tuple(_kind(group, kind, *known[kind]) for kind in KINDS if kind in known)
    people_there = sum(one.people for one in group.bands.values())
    left_out = max(0, len(group.touchpoints) - MOST_TOUCHPOINTS)
    return Defined(group.definition, people_there, kinds, left_out)


def _kind(group: _Group, kind: OutcomeKind, told: Told, caution: str | None) -> KindReport:
    edges = group.definition.bands
    bands = {name: group.bands.get(name, _Sums()).share(kind) for name in edges.names}
    bad, good = (bands[name].rate for name in (edges.bad, edges.good))
    ratio = risk_ratio(bad.hits, bad.total, good.hits, good.total)
    return KindReport(
        kind,
        told,
        bands,
        dict(_most_first((name, sums.share(kind)) for name, sums in group.touchpoints.items())),
        ratio,
        None if ratio is None else _sentence(group.definition, kind, ratio),
        caution,
    )


def _most_first(
    shares: Iterable[tuple[str | None, Share]],
) -> list[tuple[str | None, Share]]:
    return sorted(shares, key=lambda pair: (-pair[1].rate.total, pair[0] or ""))[:MOST_TOUCHPOINTS]


_WHO: Final = {
    "nps": ("a detractor", "a promoter"),
    "csat": ("a dissatisfied person", "a satisfied one"),
    "ces": ("somebody with high effort", "somebody with low effort"),
}


def _sentence(definition: Definition, kind: OutcomeKind, ratio: Ratio) -> str:
    bad, good = _WHO[definition.metric]
    low, high = ratio.interval
    digits = 1 if ratio.times >= 1 else 2
    said = (
        f"{bad} {KINDS[kind]} {ratio.times:.{digits}f} times as often as {good} "
        f"(95 % {low:.{digits}f}\N{EN DASH}{high:.{digits}f})"
    )
    return said if ratio.is_proven else f"{said}: the difference is not proven"
