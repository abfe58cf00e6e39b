"""/v1/webhooks: who is told."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import jsonify
from marshmallow import Schema, fields, validate

from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.storage.dispatch import webhook_health
from feedback_service.usecases.setup import configure_webhook
from feedback_service.usecases.setup.configure_webhook import MAX_OVERLAP
from feedback_service.usecases.setup.preview_webhook import known_formats, preview_webhook
from feedback_service.web.api.replies import of_webhook
from feedback_service.web.api.reply_shapes import (
    NewWebhookReply,
    Queued,
    Replayed,
    WebhookList,
    WebhookReply,
)
from feedback_service.web.api.shapes import (
    Strict,
    Truth,
    WebhookChange,
    WebhookDocument,
    instant_field,
    one_of,
    whole,
)
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.urls import base
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "webhooks", __name__, url_prefix="/v1/webhooks", description="Who is told of what"
)


class TestRequest(Strict):
    body_optional = True
    show = Truth()
    events = fields.List(one_of(*EVENT_TYPES), validate=validate.Length(1, len(EVENT_TYPES)))


class FormatReply(Schema):
    name = fields.String(required=True)
    title = fields.String(required=True)
    example = fields.String(required=True)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    words = fields.Dict(required=True, allow_none=True)


class FormatList(Schema):
    items = fields.List(fields.Nested(FormatReply), required=True)


class PreviewReply(Schema):
    event = fields.String(required=True)
    method = fields.String(required=True)
    url = fields.String(required=True)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    body = fields.Raw(required=True)
    asks_first = fields.String(required=True, allow_none=True)


class PreviewList(Schema):
    items = fields.List(fields.Nested(PreviewReply), required=True)


class ReplayRequest(Strict):
    since = instant_field(required=True)


class WebhookPatch(WebhookChange):
    """send_held: whether what was held goes out when it is active again; true by default."""

    send_held = Truth()


class RotateRequest(Strict):
    body_optional = True
    overlap_s = whole(0, int(MAX_OVERLAP.total_seconds()), allow_none=True)


@blueprint.route("", methods=["POST"])
@for_servers("webhooks:write")
@blueprint.arguments(WebhookDocument)
@blueprint.response(201, NewWebhookReply)
def add(document: dict[str, Any]) -> Any:
    """Add a webhook. The secret is shown this once; receivers verify signatures with it."""
    webhook, secret = configure_webhook.add_webhook(service(), key().project_id, document, now())
    return {**_shown([webhook])[0], "secret": secret}


@blueprint.route("", methods=["GET"])
@for_servers("webhooks:read")
@blueprint.response(200, WebhookList)
def every() -> Any:
    """List the project's webhooks."""
    webhooks = service().catalog.current().webhooks(key().project_id)
    return {"items": _shown(webhooks)}


@blueprint.route("/formats", methods=["GET"])
@for_servers("webhooks:read")
@blueprint.response(200, FormatList)
def formats() -> Any:
    """List the formats: the URL and headers each wants, and the words a template may change."""
    return {"items": [asdict(one) for one in known_formats()]}


@blueprint.route("/<webhook_id>", methods=["GET"])
@for_servers("webhooks:read")
@blueprint.response(200, WebhookReply)
def one(webhook_id: str) -> Any:
    """Show a webhook."""
    return _shown([_found(webhook_id)])[0]


@blueprint.route("/<webhook_id>", methods=["PATCH"])
@for_servers("webhooks:write")
@blueprint.arguments(WebhookPatch)
@blueprint.response(200, WebhookReply)
def change(document: dict[str, Any], webhook_id: str) -> Any:
    """Change a webhook; status paused holds its deliveries back, active sends them.

    With send_held false they stay held when it is active again, for replay to send some of them.
    """
    changed = configure_webhook.change_webhook(
        service(), key().project_id, webhook_id, document, now()
    )
    return _shown([changed])[0]


@blueprint.route("/<webhook_id>", methods=["DELETE"])
@for_servers("webhooks:write")
@blueprint.response(204)
def remove(webhook_id: str) -> None:
    """Delete a webhook and its deliveries."""
    configure_webhook.remove_webhook(service(), key().project_id, webhook_id)


@blueprint.route("/<webhook_id>/test", methods=["POST"])
@for_servers("webhooks:write")
@blueprint.arguments(TestRequest, required=False)
@blueprint.response(202, Queued)
@blueprint.alt_response(200, schema=PreviewList, description="With show: what would be sent")
def test(document: dict[str, Any] | None, webhook_id: str) -> Any:
    """Queue a webhook.test event; with show, answer with the requests instead of sending any.

    The requests are those of sample events, of the types named or of all the webhook listens to;
    credentials in their headers are masked.
    """
    wish = document or {}
    project_id = key().project_id
    if not wish.get("show"):
        if "events" in wish:
            raise InvalidValue('events go with "show": true; a test sends webhook.test', "/events")
        delivery = configure_webhook.test_webhook(service(), project_id, webhook_id, now())
        return {"delivery": delivery}
    shown = preview_webhook(
        service(), project_id, webhook_id, wish.get("events", ()), base(), now()
    )
    return jsonify(items=[asdict(one) for one in shown])


@blueprint.route("/<webhook_id>/rotate-secret", methods=["POST"])
@for_servers("webhooks:write")
@blueprint.arguments(RotateRequest, required=False)
@blueprint.response(200, NewWebhookReply)
def rotate(document: dict[str, Any] | None, webhook_id: str) -> Any:
    """Give the webhook a new secret; the old one signs along for overlap_s (default a day)."""
    webhook, secret = configure_webhook.rotate_secret(
        service(), key().project_id, webhook_id, (document or {}).get("overlap_s"), now()
    )
    return {**_shown([webhook])[0], "secret": secret}


@blueprint.route("/<webhook_id>/replay", methods=["POST"])
@for_servers("webhooks:write")
@blueprint.arguments(ReplayRequest)
@blueprint.response(202, Replayed)
def replay(document: dict[str, Any], webhook_id: str) -> Any:
    """Send everything since a time once more, with the same ids and bytes."""
    queued = configure_webhook.replay(
        service(), key().project_id, webhook_id, document["since"], now()
    )
    return {"queued": queued}


def _shown(webhooks: Sequence[Webhook]) -> list[dict[str, Any]]:
    """Return webhooks with how they fare."""
    ids = [webhook.id for webhook in webhooks]
    with service().database.read() as connection:
        health = webhook_health.of_webhooks(connection, ids)
        held = webhook_health.held(connection, ids)
    return [of_webhook(one, health.get(one.id), held.get(one.id, 0)) for one in webhooks]


def _found(webhook_id: str) -> Webhook:
    for webhook in service().catalog.current().webhooks(key().project_id):
        if webhook.id == webhook_id:
            return webhook
    raise NotFound("this project has no such webhook")
