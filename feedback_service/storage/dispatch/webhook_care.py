"""Looks after webhooks as attempts end: gives up those that fail for days, notes their return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select

from feedback_service.domain.alerting.events import DISABLED, RECOVERED
from feedback_service.domain.alerting.failing import is_given_up, is_recovery_news
from feedback_service.storage import catalog
from feedback_service.storage.dispatch import deliveries, news, webhook_health
from feedback_service.storage.dispatch import webhooks as webhook_rows
from feedback_service.storage.dispatch.news import News
from feedback_service.storage.dispatch.webhook_health import Health
from feedback_service.storage.tables.outbox import webhooks

GONE = "gone"
FAILING = "failing"
_WHY = {
    GONE: "the receiver answered 410 Gone",
    FAILING: "every attempt has failed for days",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt that ended. gone: the receiver wants no more, for good."""

    webhook_id: str
    succeeded: bool
    at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A webhook that was given up, or takes deliveries again. reason: of giving it up."""

    webhook_id: str
    event: Literal["webhook.disabled", "webhook.recovered"]
    health: Health
    reason: str | None = None

    @property
    def words(self) -> str:
        return _WHY[self.reason] if self.reason else "it takes deliveries again"


def after(connection: Connection, tried: Sequence[Tried], scale: float) -> list[Turn]:
    """Note how attempts ended and act on it; returns the webhooks whose lot has changed.

    Whoever else asks for such news is told in the same transaction. scale: FEEDBACK_RETRY_SCALE.
    """
    turns = []
    for webhook_id in sorted({each.webhook_id for each in tried}):
        ours = [each for each in tried if each.webhook_id == webhook_id]
        turn = _turn(connection, webhook_id, ours, scale)
        if turn is not None:
            _tell(connection, turn, ours[-1].at)
            turns.append(turn)
    if any(turn.event == DISABLED for turn in turns):
        catalog.bump(connection)
    return turns


def _turn(
    connection: Connection, webhook_id: str, tried: Sequence[Tried], scale: float
) -> Turn | None:
    at = tried[-1].at
    failed = [each for each in tried if not each.succeeded]
    if len(failed) < len(tried):
        before = webhook_health.note_success(connection, webhook_id, at)
        if is_recovery_news(before.failing_since, before.disabled_at, at, scale):
            return Turn(webhook_id, RECOVERED, before)
        return None
    health = webhook_health.note_failures(connection, webhook_id, failed[0].at, len(failed))
    reason = GONE if any(each.gone for each in failed) else None
    if health.failing_since and is_given_up(health.failing_since, health.failures, at, scale):
        reason = reason or FAILING
    if reason is None or not webhook_rows.disable(connection, webhook_id, reason, at):
        return None
    webhook_health.note_disabled(connection, webhook_id, at)
    deliveries.hold(connection, webhook_id, "disabled")
    return Turn(webhook_id, DISABLED, health, reason)


def _tell(connection: Connection, turn: Turn, now: datetime) -> None:
    row = connection.execute(select(webhooks).where(webhooks.c.id == turn.webhook_id)).one()
    subject = {"webhook": _told(row, turn), "message": _message(row, turn)}
    news.tell(connection, News(row.project_id, turn.event, subject, besides=row.id), now)


def _told(row: Row[Any], turn: Turn) -> dict[str, Any]:
    since = turn.health.failing_since
    return {
        "id": row.id,
        "url": _place(row.url),
        "description": row.description,
        "format": row.format,
        "status": row.status,
        "reason": turn.reason,
        "failing_since": since and since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "failures": turn.health.failures,
    }


def _message(row: Row[Any], turn: Turn) -> str:
    named = row.description or _place(row.url)
    return f"Webhook {row.id} ({named}): {turn.words}."


def _place(url: str) -> str:
    """Return scheme and host: the rest of a webhook's URL is often its password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}"
