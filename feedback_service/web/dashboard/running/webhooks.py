"""Webhooks: how they fare, what was sent, and what to do when something went wrong."""

from datetime import UTC, datetime
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.alerting.deliveries import DeliveryStatus
from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.errors import FeedbackError, InvalidValue, NotFound
from feedback_service.storage.dispatch import deliveries, webhook_health
from feedback_service.storage.dispatch.webhook_health import Health
from feedback_service.usecases.setup import configure_webhook
from feedback_service.usecases.setup.preview_webhook import known_formats
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.web.api.cursors import pack, unpack
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.site import blueprint, go

_PAGE: Final = 30
_STATUSES: Final = get_args(DeliveryStatus)
_CHANGES: Final = {"active": "enabled", "paused": "paused"}


@blueprint.get("/p/<slug>/webhooks", endpoint="webhooks")
@for_staff("admin")
def every() -> str:
    """List the webhooks, and the form for another."""
    return _list(None)


@blueprint.post("/p/<slug>/webhooks", endpoint="add_webhook")
@for_staff("admin")
def add() -> Any:
    """Add a webhook and show its secret, this once."""
    document = {
        "url": forms.text("url", 2048),
        "events": request.form.getlist("events"),
        "format": forms.text("format", 32) or "standard",
        "description": forms.optional("description", 200),
    }
    try:
        webhook, secret = configure_webhook.add_webhook(service(), project().id, document, now())
    except NotFound:
        raise
    except FeedbackError as error:
        return Response(_list(str(error)), 422)
    _note("added webhook", webhook.id)
    shown = {"label": "webhook secret", "text": secret, "of": webhook.url}
    return render_template("dashboard/secret.html", page="webhooks", **shown, back="webhooks")


@blueprint.get("/p/<slug>/webhooks/<webhook_id>", endpoint="webhook")
@for_staff("admin")
def one(webhook_id: str) -> str:
    """Show a webhook with its deliveries."""
    webhook = _found(webhook_id)
    wished = forms.text("status", 12)
    status = wished if wished in _STATUSES else None
    cursor = unpack(service().signer, forms.optional("cursor", 1000))
    with service().database.read() as connection:
        found = deliveries.page(
            connection,
            project().id,
            webhook_id=webhook_id,
            status=status,
            before=cursor[0] if cursor else None,
            limit=_PAGE + 1,
        )
        attempts = deliveries.attempts_of(connection, [each.id for each in found])
    return render_template(
        "dashboard/webhook.html",
        page="webhooks",
        one=webhook,
        health=_fare([webhook])[webhook.id],
        found=found[:_PAGE],
        attempts=attempts,
        more=pack(service().signer, found[_PAGE - 1].id) if len(found) > _PAGE else None,
        status=status,
        statuses=_STATUSES,
    )


@blueprint.post("/p/<slug>/webhooks/<webhook_id>/status", endpoint="webhook_status")
@for_staff("admin")
def set_status(webhook_id: str) -> AnyResponse:
    """Pause a webhook, or send what it is owed."""
    status = forms.text("status", 12)
    if status not in _CHANGES:
        raise InvalidValue(f"use {' or '.join(_CHANGES)}", "/status")
    change = {"status": status}
    configure_webhook.change_webhook(service(), project().id, webhook_id, change, now())
    _note(f"{_CHANGES[status]} webhook", webhook_id)
    return go("webhook", webhook_id=webhook_id, said=_CHANGES[status])


@blueprint.post("/p/<slug>/webhooks/<webhook_id>/test", endpoint="test_webhook")
@for_staff("admin")
def test(webhook_id: str) -> AnyResponse:
    """Send a test event."""
    configure_webhook.test_webhook(service(), project().id, webhook_id, now())
    _note("tested webhook", webhook_id)
    return go("webhook", webhook_id=webhook_id, said="tested")


@blueprint.post("/p/<slug>/webhooks/<webhook_id>/replay", endpoint="replay")
@for_staff("admin")
def replay(webhook_id: str) -> AnyResponse:
    """Send everything since a time once more."""
    given = forms.text("since", 16)
    try:
        local = datetime.fromisoformat(given).replace(tzinfo=ZoneInfo(project().timezone))
    except ValueError:
        raise InvalidValue("since is a day and a time, such as 2026-11-24T09:00") from None
    since = local.astimezone(UTC)
    queued = configure_webhook.replay(service(), project().id, webhook_id, since, now())
    _note(f"replayed {queued} deliveries", webhook_id)
    return go("webhook", webhook_id=webhook_id, replayed=queued)


@blueprint.post("/p/<slug>/webhooks/<webhook_id>/remove", endpoint="remove_webhook")
@for_staff("admin")
def remove(webhook_id: str) -> AnyResponse:
    """Delete a webhook with its deliveries."""
    configure_webhook.remove_webhook(service(), project().id, webhook_id)
    _note("deleted webhook", webhook_id)
    return go("webhooks", said="removed")


@blueprint.get("/p/<slug>/deliveries/<delivery_id>", endpoint="delivery")
@for_staff("admin")
def delivery(delivery_id: str) -> str:
    """Show one delivery: what was sent, and what came back each time."""
    with service().database.read() as connection:
        found = deliveries.find(connection, project().id, delivery_id)
        attempts = deliveries.attempts_of(connection, [delivery_id]).get(delivery_id, [])
    if found is None:
        raise NotFound(f"this project has no delivery {delivery_id!r}")
    body = found.body.decode(errors="replace") if found.body else None
    return render_template(
        "dashboard/delivery.html", page="webhooks", one=found, attempts=attempts, body=body
    )


@blueprint.post("/p/<slug>/deliveries/<delivery_id>/retry", endpoint="retry")
@for_staff("admin")
def retry(delivery_id: str) -> AnyResponse:
    """Send a settled delivery once more."""
    configure_webhook.retry_delivery(service(), project().id, delivery_id, now())
    _note("retried delivery", delivery_id)
    return go("delivery", delivery_id=delivery_id, said="retried")


def _list(fault: str | None) -> str:
    found = service().catalog.current().webhooks(project().id)
    return render_template(
        "dashboard/webhooks.html",
        page="webhooks",
        found=found,
        fare=_fare(found),
        formats=known_formats(),
        events=EVENT_TYPES,
        fault=fault,
        sent=request.form,
    )


def _fare(found: list[Webhook]) -> dict[str, dict[str, Any]]:
    ids = [one.id for one in found]
    with service().database.read() as connection:
        health = webhook_health.of_webhooks(connection, ids)
        held = webhook_health.held(connection, ids)
    return {one: {"health": health.get(one, Health()), "held": held.get(one, 0)} for one in ids}


def _found(webhook_id: str) -> Webhook:
    for one in service().catalog.current().webhooks(project().id):
        if one.id == webhook_id:
            return one
    raise NotFound(f"this project has no webhook {webhook_id!r}")


def _note(action: str, subject: str) -> None:
    write_down(service(), staff(), project().id, (action, subject), now())
