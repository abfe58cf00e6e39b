"""Takes names and words out of answers that are older than their project keeps them."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage.following_up import care
from feedback_service.storage.forgetting import erasure
from feedback_service.storage.tables.cases import sweeps
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.words.rules import BEGINNING

_NAME: Final = "old answers {}"


def forget_old_answers(connection: Connection, now: datetime, limit: int) -> tuple[int, bool]:
    """Look at up to `limit` old answers of each project that wants it.

    Returns how many were emptied, and whether there is more. The age of an answer is counted from
    its last change. Scores, bands, touchpoints, channels and campaigns stay, and keep counting.
    """
    emptied, more = 0, False
    for project_id, days in sorted(care.answer_days(connection).items()):
        rows = _old(connection, project_id, now - timedelta(days=days), limit)
        if not rows:
            continue
        filled = [row.id for row in rows if row.is_filled]
        if filled:
            mine = select(responses.c.id).where(responses.c.id.in_(filled))
            emptied += erasure.empty_answers(connection, mine, now)
        _move_on(connection, project_id, rows[-1].updated_at)
        more |= len(rows) == limit
    return emptied, more


def _old(connection: Connection, project_id: int, before: datetime, limit: int) -> list[Any]:
    """Return the next answers, oldest change first; those looked at before are passed over."""
    position = connection.execute(
        select(sweeps.c.position).where(sweeps.c.name == _NAME.format(project_id))
    ).scalar_one_or_none()
    is_filled = or_(
        responses.c.respondent.is_not(None),
        responses.c.comment.is_not(None),
        responses.c.page_url.is_not(None),
        responses.c.traits != {},
        responses.c.answers != {},
    )
    query = (
        select(responses.c.id, responses.c.updated_at, is_filled.label("is_filled"))
        .where(
            responses.c.project_id == project_id,
            responses.c.updated_at >= (position or BEGINNING),
            responses.c.updated_at < before,
        )
        .order_by(responses.c.updated_at, responses.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def _move_on(connection: Connection, project_id: int, to: datetime) -> None:
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        build(sweeps)
        .values(name=_NAME.format(project_id), position=to)
        .on_conflict_do_update(index_elements=["name"], set_={"position": to})
    )
