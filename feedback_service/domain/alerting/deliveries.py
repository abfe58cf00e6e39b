"""One event on its way to one webhook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from feedback_service.domain.alerting.events import Event
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey

DeliveryStatus = Literal["pending", "held", "delivered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox. Its id is the ``webhook-id`` that receivers dedupe on.

    subject: what the event is about when that is no response. body: the bytes, frozen when first
    due. attempts: how many were begun. reason: why it was cancelled, held or given up.
    """

    id: str
    project_id: int
    webhook_id: str
    type: str
    event_at: datetime
    created_at: datetime
    response_id: str | None = None
    subject: Mapping[str, Any] | None = None
    status: DeliveryStatus = "pending"
    reason: str | None = None
    attempts: int = 0
    next_at: datetime | None = None
    body: bytes | None = None
    settled_at: datetime | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """What all who change several rows sort them by, so that none waits for another."""
        return self.webhook_id, self.response_id or "", self.type

    @property
    def about(self) -> str | None:
        """The response it tells of: its own, or that of the case in its subject."""
        return self.response_id or (self.subject or {}).get("case", {}).get("response")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. status: HTTP status, None when there was no reply. error: class of failure.

    request: method, url and headers as they were sent, without secrets; None when nothing was.
    """

    number: int
    started_at: datetime
    elapsed_ms: float
    status: int | None
    error: str | None
    reply: str | None
    request: Mapping[str, Any] | None = None


def deliveries_for(
    events: Iterable[Event],
    survey: Survey,
    response: Response,
    webhooks: Iterable[Webhook],
    now: datetime,
) -> list[Delivery]:
    """Return the outbox rows that an answer's events make.

    Traits are not judged here: a person's may arrive until the event is due.
    """
    events = list(events)
    return [
        Delivery(
            id=new_id("msg", now),
            project_id=response.project_id,
            webhook_id=webhook.id,
            response_id=response.id,
            type=event.type,
            event_at=now,
            created_at=now,
            status="pending" if webhook.status == "active" else "held",
            reason=None if webhook.status == "active" else webhook.status,
            next_at=event.due_at,
        )
        for webhook in webhooks
        for event in events
        if event.type in webhook.events
        and webhook.filter.admits(survey.key, survey.definition, response)
    ]
