"""Preview a webhook: the very requests it would make of sample events, without making them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from feedback_service.delivery.formats import render
from feedback_service.delivery.formats.every import FORMATS
from feedback_service.delivery.formats.filling import samples
from feedback_service.delivery.formats.filling.mapping import shipped
from feedback_service.delivery.formats.shape import Unfit
from feedback_service.domain.alerting.events import TEST
from feedback_service.domain.alerting.webhooks import Webhook, check_events
from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.storage import projects
from feedback_service.storage.dispatch import webhooks
from feedback_service.usecases.service import Service

MASK: Final = "***"
# So that a reader sees which kind of credential is there.
_SCHEMES: Final = ("Basic", "Bearer", "Token")


@dataclass(frozen=True, slots=True)
class Described:
    """A format as its users see it.

    headers: name -> form of those it needs. words: what a template may change, None for nothing.
    """

    name: str
    title: str
    example: str
    headers: Mapping[str, str]
    words: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Preview:
    """One request.

    headers: credentials masked. body: its JSON value, or its text. asks_first: URL of the GET
    before it, None when there is none.
    """

    event: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    asks_first: str | None


def known_formats() -> list[Described]:
    """Return the formats a webhook may have."""
    return [
        Described(
            name=one.name,
            title=one.title,
            example=one.example,
            headers={need.name: need.form for need in one.needs},
            words=shipped(one.words) if one.words else None,
        )
        for one in FORMATS.values()
    ]


def preview_webhook(
    service: Service,
    project_id: int,
    webhook_id: str,
    events: Sequence[str],
    public_url: str | None,
    now: datetime,
) -> list[Preview]:
    """Return what a webhook would send, for these events or for all it listens to.

    public_url: for the links in bodies. Raises NotFound, InvalidValue.
    """
    if events:
        check_events(events)
    with service.database.read() as connection:
        webhook = webhooks.find(connection, project_id, webhook_id, service.vault)
        project = projects.numbered(connection, project_id)
    if webhook is None or project is None:
        raise NotFound("this project has no such webhook")
    chosen = dict.fromkeys(events or webhook.events)
    return [_preview(webhook, project.slug, event, public_url, now) for event in chosen]


def _preview(
    webhook: Webhook, project: str, event_type: str, public_url: str | None, now: datetime
) -> Preview:
    event = samples.full(event_type, project, public_url)
    if event_type == TEST and webhook.format in {"standard", "cloudevents"}:
        event = samples.plain_test(webhook.id, project)
    try:
        body = render.rendered(webhook, event, public_url).body
    except Unfit as fault:
        raise InvalidValue(f"{fault.pointer}: {fault}", fault.pointer) from None
    asked = render.lookup(webhook, body)
    own = {name.lower() for name in webhook.headers}
    headers = {
        name: _masked(value) if name.lower() in own else value
        for name, value in render.headers(webhook, event.id).items()
    }
    headers |= {
        "webhook-id": event.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1,{MASK}",
    }
    if asked is None:
        headers["content-length"] = str(len(body))
    is_json = "json" in headers["content-type"]
    shown = json.loads(body) if is_json else body.decode()
    return Preview(event_type, "POST", webhook.url, headers, shown, asked.url if asked else None)


def _masked(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} {MASK}" if blank and scheme in _SCHEMES else MASK
