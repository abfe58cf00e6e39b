"""Events that no answer raises: queued for every webhook of the project that asks for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.alerting.webhooks import Filter
from feedback_service.domain.following_up.cases import Case
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage.dispatch.outbox import COLUMNS
from feedback_service.storage.dispatch.webhooks import filter_of
from feedback_service.storage.tables.outbox import deliveries, webhooks


@dataclass(frozen=True, slots=True)
class News:
    """subject: what the event is about. besides: a webhook that is not told: its own affair."""

    project_id: int
    type: str
    subject: Mapping[str, Any]
    besides: str | None = None


def tell(connection: Connection, news: News, now: datetime) -> int:
    """Queue an event for the webhooks that ask for it; returns how many."""
    return _queue(connection, news, now, lambda _wanted: True)


def tell_of_case(  # an event, the case, and its answer with its survey
    connection: Connection,
    event_type: str,
    case: Case,
    survey: Survey,
    response: Response,
    now: datetime,
) -> int:
    """Queue a case's event for the webhooks that want to hear of its answer; returns how many."""
    subject = {"case": case_subject(case)}
    return _queue(
        connection,
        News(case.project_id, event_type, subject),
        now,
        lambda wanted: wanted.admits(survey.key, survey.definition, response),
    )


def case_subject(case: Case) -> dict[str, Any]:
    """Return a case as events carry it."""
    instants = ("opened_at", "due_at", "contacted_at", "resolved_at")
    return {
        "id": case.id,
        "response": case.response_id,
        "status": case.status,
        "owner": case.owner,
        **{name: _instant(getattr(case, name)) for name in instants},
        "sequence": case.revision,
    }


def _queue(
    connection: Connection, news: News, now: datetime, admits: Callable[[Filter], bool]
) -> int:
    rows = connection.execute(
        select(webhooks.c.id, webhooks.c.status, webhooks.c.events, webhooks.c.filter)
        .where(webhooks.c.project_id == news.project_id)
        .order_by(webhooks.c.id)
    ).all()
    queued = [
        Delivery(
            id=new_id("msg", now),
            project_id=news.project_id,
            webhook_id=row.id,
            type=news.type,
            event_at=now,
            created_at=now,
            subject=news.subject,
            status="pending" if row.status == "active" else "held",
            reason=None if row.status == "active" else row.status,
            next_at=now,
        )
        for row in rows
        if news.type in row.events and row.id != news.besides and admits(filter_of(row.filter))
    ]
    if queued:
        connection.execute(
            insert(deliveries),
            [{name: getattr(delivery, name) for name in COLUMNS} for delivery in queued],
        )
    return len(queued)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
