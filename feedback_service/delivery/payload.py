"""What a delivery tells: the event that formats make a body of."""

from typing import Any

from feedback_service.delivery.formats import standard
from feedback_service.delivery.formats.shape import Event
from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.storage.dispatch.briefs import Story


def event_of(
    delivery: Delivery, project: str, story: Story | None, public_url: str | None
) -> Event:
    """Return what a delivery tells: of its response, if any, and of its own subject, if any.

    project: slug. public_url: where the API is reached from outside; None makes links bare paths.
    """
    data: dict[str, Any] = {"project": project}
    if story is not None:
        data = standard.told(
            project, story.survey, story.response, story.email, story.traits, public_url
        )
    data |= delivery.subject or {}
    at = standard.instant(delivery.event_at)
    assert at is not None
    return Event(delivery.id, delivery.type, at, data)
