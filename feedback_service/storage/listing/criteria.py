"""Which responses a list shows, as conditions on their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, tuple_

from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys
from feedback_service.storage.words import search

# (updated_at or scored_at, id): where in the order of a list a response stands.
Position = tuple[datetime | None, str]


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which responses a list shows; None lets everything through.

    among: only these ids of the project, some thousands at most.
    without_versions: survey versions whose answers are left out.
    scored_from, scored_until: instants, the first inside, the second not.
    after: the last response of the page before. (updated_at, id) when updated_since is set,
    (scored_at, id) when the list is by day, see `is_by_day`; else its id alone counts.
    """

    survey: str | None = None
    band: str | None = None
    touchpoint: str | None = None
    channel: str | None = None
    campaign: str | None = None
    respondent: str | None = None
    words: str | None = None
    tag: str | None = None
    unconfirmed: bool | None = None
    without_versions: frozenset[int] = frozenset()
    among: Sequence[str] | None = None
    since: datetime | None = None
    scored_from: datetime | None = None
    scored_until: datetime | None = None
    updated_since: datetime | None = None
    after: Position | None = None

    @property
    def is_by_day(self) -> bool:
        """Tell whether the list is in the order of scores given: that of the index by day."""
        has_days = self.scored_from is not None or self.scored_until is not None
        return has_days and self.words is None and self.updated_since is None


def conditions(
    wanted: Criteria, is_sqlite: bool, *, of_few: bool = False
) -> list[ColumnElement[bool]]:
    """Return what responses must be like; not where in the list they stand.

    The statement must join surveys. of_few: it names the ids, which are to lead.
    """
    columns = responses.c
    found = [
        column == value
        for column, value in (
            (surveys.c.key, wanted.survey),
            (columns.band, wanted.band),
            (columns.touchpoint, wanted.touchpoint),
            (columns.channel, wanted.channel),
            (columns.campaign, wanted.campaign),
            (columns.respondent, wanted.respondent),
        )
        if value is not None
    ]
    if wanted.words is not None:
        found.append(search.contains(wanted.words, is_sqlite))
    if wanted.tag is not None:
        found.append(search.is_tagged(wanted.tag))
    if wanted.unconfirmed is not None:
        doubt = columns.unconfirmed
        found.append(doubt.is_not(None) if wanted.unconfirmed else doubt.is_(None))
    if wanted.without_versions:
        found.append(columns.version_id.not_in(wanted.without_versions))
    if wanted.since is not None:
        found.append(columns.created_at >= wanted.since)
    if wanted.scored_from is not None:
        found.append(scored_at(of_few=of_few) >= wanted.scored_from)
    if wanted.scored_until is not None:
        found.append(scored_at(of_few=of_few) < wanted.scored_until)
    return found


def behind(place: Position) -> ColumnElement[bool]:
    """Return the condition of changes after a place; as a pair, so that the index leads there."""
    updated_at, last_id = place
    here = (literal(updated_at, responses.c.updated_at.type), literal(last_id))
    return tuple_(responses.c.updated_at, responses.c.id) > tuple_(*here)


def scored_at(*, of_few: bool) -> ColumnElement[datetime]:
    """Return the column; of_few: as no index has it, or SQLite looks through all those days."""
    column = responses.c.scored_at
    return func.coalesce(column, column) if of_few else column


def before(place: Position, *, of_few: bool = False) -> ColumnElement[bool]:
    """Return the condition of scores given before a place, or as it was with an earlier id."""
    last_at, last_id = place
    at, here = scored_at(of_few=of_few), literal(last_at, responses.c.scored_at.type)
    # The first comparison says nothing new; it is what SQLite's index leads by.
    return (at <= here) & (tuple_(at, responses.c.id) < tuple_(here, literal(last_id)))
