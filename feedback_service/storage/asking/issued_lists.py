"""Which lists have been counted as sent in a campaign: the same people count once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage import counts
from feedback_service.storage.counts import Issued
from feedback_service.storage.tables.contacts import issued_lists

# Longer than any campaign lasts; somebody who issues list after list leaves no rows for ever.
KEPT_FOR: Final = timedelta(days=400)


def count(connection: Connection, issued: Issued | None, digest: str, now: datetime) -> int:
    """Count the links of a complete list; returns how many of them count as sent.

    The links of a list that the campaign had before are the same links: they count no more.
    """
    if issued is None:
        return 0
    if issued.tokens and issued.campaign is not None:
        survey_id, campaign, tokens = issued.survey_id, issued.campaign, issued.tokens
        sent = not_counted_yet(connection, survey_id, campaign, digest, tokens, now)
        issued = replace(issued, tokens=sent)
    if issued.tokens or issued.reminders:
        counts.add(connection, [issued])
    return issued.tokens


def not_counted_yet(
    connection: Connection, survey_id: int, campaign: str, digest: str, issued: int, now: datetime
) -> int:
    """Return how many of a list's links are more than it ever had, and remember the list.

    All of them the first time. The same list again has fewer, since people answer, or more, since
    waiting periods end.
    """
    kept = issued_lists.c
    connection.execute(delete(issued_lists).where(kept.issued_at < now - KEPT_FOR))
    same = (kept.survey_id == survey_id, kept.campaign == campaign, kept.digest == digest)
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    # Two processes with the same list: the second one waits here for the first.
    connection.execute(
        build(issued_lists)
        .values(survey_id=survey_id, campaign=campaign, digest=digest, issued=0, issued_at=now)
        .on_conflict_do_update(
            index_elements=["survey_id", "campaign", "digest"], set_={"issued_at": now}
        )
    )
    before = int(connection.execute(select(kept.issued).where(*same)).scalar_one())
    if issued > before:
        connection.execute(update(issued_lists).where(*same).values(issued=issued))
    return max(0, issued - before)
