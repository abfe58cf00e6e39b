"""A webhook of every format that can be saved, and what a receiver would get of it."""

from typing import Any, Final

from feedback_service.delivery.formats.every import FORMATS
from feedback_service.delivery.formats.render import lookup, strictly
from feedback_service.delivery.formats.shape import Event
from feedback_service.domain.alerting.webhooks import Webhook
from tests.factories import webhook

# What an owner must say where the shipped words cannot know it.
TEMPLATES: Final[dict[str, dict[str, Any]]] = {
    "freshdesk": {"anonymous_email": "anonymous@shop.example"},
    "intercom": {"ticket_type_id": "1234", "anonymous_email": "anonymous@shop.example"},
    "salesforce": {"external_id_field": "Feedback_Response__c"},
    "template": {"body": {"what": "{{ title }}", "score": "{{ response.score }}"}},
}
VENDORS: Final = [name for name in FORMATS if name not in {"standard", "cloudevents", "template"}]


def ready(name: str, **changes: Any) -> Webhook:
    """Return a webhook of a format, complete."""
    kind = FORMATS[name]
    plain: dict[str, Any] = {
        "format": name,
        "url": kind.example,
        "template": TEMPLATES.get(name),
        "headers": {need.name: "Bearer secret" for need in kind.needs},
    }
    return webhook(**{**plain, **changes})


def saying(name: str, **words: Any) -> Webhook:
    """Return a webhook whose template says this on top of what it must."""
    return ready(name, template={**TEMPLATES.get(name, {}), **words})


def sent(of: Webhook, event: Event, person_id: str | int | None = 512) -> bytes:
    """Return the body that leaves, after the person was looked up where that is done."""
    body = strictly(of, event)
    asked = lookup(of, body)
    return body if asked is None else asked.complete(person_id)
