"""What people did after they answered, by band and touchpoint."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.measures.intervals import Interval
from feedback_service.domain.measures.metrics import Rate, rate
from feedback_service.domain.measures.outcomes import (
    KINDS,
    OutcomeKind,
    Ratio,
    first_hits,
    mean_interval,
    months_after,
    risk_ratio,
)
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.surveys import Definition
from feedback_service.storage.outcomes.followed import Followed, people
from feedback_service.usecases.service import Service

USUAL_WITHIN: Final = 6
USUAL_BACK: Final = 24
MOST_MONTHS: Final = 120
MOST_TOUCHPOINTS: Final = 200


@dataclass(frozen=True, slots=True)
class Share:
    """One group and one kind. rate: of people. value: added up; mean: of all people there."""

    rate: Rate
    value: float
    mean: float | None
    mean_interval: Interval | None


@dataclass(frozen=True, slots=True)
class KindReport:
    """ratio: of the bad band to the good one; sentence: the same in words, None without one."""

    kind: OutcomeKind
    bands: dict[str, Share]
    touchpoints: dict[str | None, Share]
    ratio: Ratio | None
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Defined:
    definition: Definition
    people: int
    kinds: tuple[KindReport, ...]


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
    people: int = 0
    hits: dict[OutcomeKind, int] = field(default_factory=dict)
    value: dict[OutcomeKind, float] = field(default_factory=dict)
    squares: dict[OutcomeKind, float] = field(default_factory=dict)

    def add(self, done: dict[OutcomeKind, float]) -> None:
        self.people += 1
        for kind, value in done.items():
            self.hits[kind] = self.hits.get(kind, 0) + 1
            self.value[kind] = self.value.get(kind, 0.0) + value
            self.squares[kind] = self.squares.get(kind, 0.0) + value * value

    def share(self, kind: OutcomeKind) -> Share:
        value = self.value.get(kind, 0.0)
        return Share(
            rate(self.hits.get(kind, 0), self.people),
            value,
            value / self.people if self.people else None,
            mean_interval(value, self.squares.get(kind, 0.0), self.people),
        )


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

    back: how many months to look back. Each person counts once, with the last answer that is at
    least `within` months old: who answered later has not had the time yet. Anonymous answers lead
    to nobody. Raises NotFound, InvalidValue.
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
    of_version: dict[int, _Group] = {}
    for person in people(service.database, project_id, survey.id, since, until):
        group = of_version.get(person.version_id)
        if group is None:
            version = snapshot.survey_version(person.version_id)
            assert version is not None, "a survey version with responses is never deleted"
            group = of_version[person.version_id] = _group_of(groups, version.definition)
            group.newest = max(group.newest, person.version_id)
        _add(group, person, within)
    if not groups:
        _group_of(groups, survey.definition)
    if any(group.definition.audience in PROTECTED for group in groups.values()):
        raise InvalidValue(
            "what employees and partners do later is not told by their answers: it would lead to "
            "single people",
            "/survey",
        )
    newest_first = sorted(groups.values(), key=lambda group: -group.newest)
    return OutcomeReport(
        key, within, back, since, until, tuple(_defined(group) for group in newest_first)
    )


def _group_of(groups: dict[tuple[Any, ...], _Group], definition: Definition) -> _Group:
    edges = tuple(definition.bands.of_score.items())
    kind = (definition.metric, definition.scale.name, edges, definition.audience)
    return groups.setdefault(kind, _Group(definition))


def _add(group: _Group, person: Followed, within: int) -> None:
    done: dict[OutcomeKind, float] = {}
    for one in first_hits(person.outcomes, person.answered_at, within):
        done[one.kind] = done.get(one.kind, 0.0) + (one.value or 0.0)
    group.bands.setdefault(person.band, _Sums()).add(done)
    touchpoint = person.touchpoint
    if touchpoint in group.touchpoints or len(group.touchpoints) < MOST_TOUCHPOINTS:
        group.touchpoints.setdefault(touchpoint, _Sums()).add(done)


def _defined(group: _Group) -> Defined:
    seen = {kind for sums in group.bands.values() for kind in sums.hits}
    kinds = tuple(_kind(group, kind) for kind in KINDS if kind in seen)
    return Defined(group.definition, sum(one.people for one in group.bands.values()), kinds)


def _kind(group: _Group, kind: OutcomeKind) -> KindReport:
    names = group.definition.bands.names
    bands = {name: group.bands.get(name, _Sums()).share(kind) for name in names}
    bad, good = bands[names[0]].rate, bands[names[2]].rate
    ratio = risk_ratio(bad.hits, bad.total, good.hits, good.total)
    return KindReport(
        kind,
        bands,
        dict(_most_first((name, sums.share(kind)) for name, sums in group.touchpoints.items())),
        ratio,
        None if ratio is None else _sentence(group.definition, kind, ratio),
    )


def _most_first(
    shares: Iterable[tuple[str | None, Share]],
) -> list[tuple[str | None, Share]]:
    return sorted(shares, key=lambda pair: (-pair[1].rate.total, pair[0] or ""))


_WHO: Final = {
    "nps": ("a detractor", "a promoter"),
    "csat": ("a dissatisfied person", "a satisfied one"),
    "ces": ("somebody with high effort", "somebody with low effort"),
}


def _sentence(definition: Definition, kind: OutcomeKind, ratio: Ratio) -> str:
    bad, good = _WHO[definition.metric]
    low, high = ratio.interval
    said = (
        f"{bad} {KINDS[kind]} {ratio.times:.1f} times as often as {good} "
        f"(95 % {low:.1f}\N{EN DASH}{high:.1f})"
    )
    return said if ratio.is_proven else f"{said}: the difference is not proven"
