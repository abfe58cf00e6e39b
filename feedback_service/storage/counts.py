"""How many tokens were issued or shown, by day: the denominators of response rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.tables.surveys import token_counts


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens of one kind. day: in UTC; the rate of a period is told by whole days."""

    survey_id: int
    day: date
    channel: str
    touchpoint: str | None
    campaign: str | None
    tokens: int = 1


def add(connection: Connection, issued: Sequence[Issued]) -> None:
    """Count tokens; equal kinds are added up first, in one order for all writers."""
    sums: dict[tuple[int, date, str, str, str], int] = {}
    for one in issued:
        kind = (one.survey_id, one.day, one.channel, one.touchpoint or "", one.campaign or "")
        sums[kind] = sums.get(kind, 0) + one.tokens
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for (survey_id, day, channel, touchpoint, campaign), tokens in sorted(sums.items()):
        statement = build(token_counts).values(
            survey_id=survey_id,
            day=day,
            channel=channel,
            touchpoint=touchpoint,
            campaign=campaign,
            issued=tokens,
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["survey_id", "day", "channel", "touchpoint", "campaign"],
                set_={"issued": token_counts.c.issued + statement.excluded.issued},
            )
        )


def total(connection: Connection, survey_id: int, first: date, last: date) -> dict[str, int]:
    """Return channel -> tokens issued or shown from the first to the last day, both inside."""
    rows = connection.execute(
        select(token_counts.c.channel, func.sum(token_counts.c.issued).label("tokens"))
        .where(
            token_counts.c.survey_id == survey_id,
            token_counts.c.day >= first,
            token_counts.c.day <= last,
        )
        .group_by(token_counts.c.channel)
    )
    return {row.channel: int(row.tokens) for row in rows}


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
