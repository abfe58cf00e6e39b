"""How many tokens were issued or shown, by day: the denominators of response rates.

Beside them, for campaigns, what responses do not tell: reminders, openings, unsubscribing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.access.tokens import Token
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.tables.surveys import token_counts

# survey, day, channel, touchpoint, campaign
_Kind = tuple[int, date, str, str, str]


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens of one kind. day: in UTC; the rate of a period is told by whole days.

    reminders: of the same tokens, sent again.
    """

    survey_id: int
    day: date
    channel: str
    touchpoint: str | None
    campaign: str | None
    tokens: int = 1
    reminders: int = 0


def add(connection: Connection, issued: Sequence[Issued]) -> None:
    """Count tokens and reminders; equal kinds are added up first, in one order for all writers."""
    sums: dict[_Kind, tuple[int, int]] = {}
    for one in issued:
        kind = (one.survey_id, one.day, one.channel, one.touchpoint or "", one.campaign or "")
        tokens, reminders = sums.get(kind, (0, 0))
        sums[kind] = tokens + one.tokens, reminders + one.reminders
    for kind, (tokens, reminders) in sorted(sums.items()):
        _count(connection, kind, issued=tokens, reminded=reminders)


def opened(connection: Connection, token: Token, survey_id: int, day: date) -> None:
    """Count that a person, not a scanner, opened the link of a token; call it once per token.

    Who knows that is the survey page, by its evidence: a trusted gesture or the first confirmed
    answer. Nothing is kept of who it was. Test tokens are not counted.
    """
    if not token.test:
        _count(connection, _kind(token, survey_id, day), opened=1)


def unsubscribed(connection: Connection, token: Token, survey_id: int, day: date) -> None:
    """Count that somebody unsubscribed through the link of a token."""
    if not token.test:
        _count(connection, _kind(token, survey_id, day), unsubscribed=1)


def totals(
    connection: Connection, survey_ids: Sequence[int], first: date, last: date
) -> dict[int, dict[str, int]]:
    """Return survey -> channel -> tokens issued or shown in those days, both inside.

    Surveys nobody was asked are missing.
    """
    rows = connection.execute(
        select(
            token_counts.c.survey_id,
            token_counts.c.channel,
            func.sum(token_counts.c.issued).label("tokens"),
        )
        .where(
            token_counts.c.survey_id.in_(survey_ids),
            token_counts.c.day >= first,
            token_counts.c.day <= last,
        )
        .group_by(token_counts.c.survey_id, token_counts.c.channel)
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.survey_id, {})[row.channel] = int(row.tokens)
    return found


def _kind(token: Token, survey_id: int, day: date) -> _Kind:
    return (survey_id, day, token.channel, token.touchpoint or "", token.campaign or "")


def _count(connection: Connection, kind: _Kind, **counted: int) -> None:
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    survey_id, day, channel, touchpoint, campaign = kind
    statement = build(token_counts).values(
        survey_id=survey_id,
        day=day,
        channel=channel,
        touchpoint=touchpoint,
        campaign=campaign,
        **{"issued": 0, **counted},
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["survey_id", "day", "channel", "touchpoint", "campaign"],
            set_={name: token_counts.c[name] + statement.excluded[name] for name in counted},
        )
    )


class Counter:
    """Counts tokens for one process, many in one transaction (group_commit.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group: GroupCommit[Issued, None] = GroupCommit(self._write)

    def count(self, issued: Issued) -> None:
        """Count; it is on disk on return. Raises StorageUnavailable."""
        self._group.submit(issued)

    def _write(self, batch: Sequence[Issued]) -> list[BaseException | None]:
        with self._database.write() as connection:
            add(connection, batch)
        return [None] * len(batch)
