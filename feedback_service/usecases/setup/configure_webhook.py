"""Configure webhooks: add, change, test, replay, rotate their secret, remove."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.delivery.formats.check import JUDGED, check_format
from feedback_service.delivery.formats.filling.samples import TEST_MESSAGE
from feedback_service.domain.access.keys import new_webhook_secret
from feedback_service.domain.alerting.addresses import check_url
from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.alerting.events import TEST
from feedback_service.domain.alerting.webhooks import (
    Filter,
    Secret,
    Webhook,
    check_events,
    check_headers,
)
from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.ids import new_id
from feedback_service.storage import catalog
from feedback_service.storage.dispatch import deliveries, outbox, webhook_health, webhooks
from feedback_service.usecases.service import Service

DEFAULT_OVERLAP: Final = timedelta(days=1)
MAX_OVERLAP: Final = timedelta(days=7)


def add_webhook(
    service: Service, project_id: int, document: Mapping[str, Any], now: datetime
) -> tuple[Webhook, str]:
    """Add a webhook; returns it and its secret, which is shown this once.

    document: as in ``POST /v1/webhooks``, its shape already checked.
    Raises InvalidValue, AddressBlocked.
    """
    secret = new_webhook_secret()
    blank = Webhook(
        id=new_id("whk", now),
        project_id=project_id,
        url="",
        events=(),
        filter=Filter(),
        format="standard",
        status="active",
        secrets=(Secret(secret),),
        headers={},
        template=None,
        description=None,
        disabled_reason=None,
        created_at=now,
        updated_at=now,
    )
    webhook = _changed(service, blank, document, now)
    with service.database.write() as connection:
        webhooks.add(connection, webhook, service.vault)
        catalog.bump(connection)
    return webhook, secret


def change_webhook(
    service: Service,
    project_id: int,
    webhook_id: str,
    document: Mapping[str, Any],
    now: datetime,
) -> Webhook:
    """Change what the document names; what is held goes out when the webhook is active again.

    send_held: False keeps it held even so, for `replay` to send some of it.
    Raises NotFound, InvalidValue, AddressBlocked.
    """
    with service.database.write() as connection:
        if document.get("status") == "active":
            webhook_health.forgive(connection, webhook_id)
        # Locked, as a dispatcher may disable it at this moment.
        before = _found(
            webhooks.find(connection, project_id, webhook_id, service.vault, locked=True)
        )
        webhook = _changed(service, before, document, now)
        if webhook.status == "active":
            webhook = replace(webhook, disabled_reason=None)
        webhooks.save(connection, webhook, service.vault)
        if webhook.status != before.status:
            if webhook.status != "active":
                deliveries.hold(connection, webhook_id, webhook.status)
            elif document.get("send_held", True):
                deliveries.release(connection, webhook_id, now)
        catalog.bump(connection)
    return webhook


def remove_webhook(service: Service, project_id: int, webhook_id: str) -> None:
    """Delete a webhook and its deliveries. Raises NotFound."""
    with service.database.write() as connection:
        if not webhooks.remove(connection, project_id, webhook_id):
            _found(None)
        catalog.bump(connection)


def rotate_secret(
    service: Service, project_id: int, webhook_id: str, overlap_s: int | None, now: datetime
) -> tuple[Webhook, str]:
    """Give the webhook a new secret; the old one signs along for the overlap (default a day).

    Raises NotFound, InvalidValue when the overlap is not within 0 … 7 days.
    """
    overlap = DEFAULT_OVERLAP if overlap_s is None else timedelta(seconds=overlap_s)
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise InvalidValue(
            f"overlap_s is in seconds, from 0 to {int(MAX_OVERLAP.total_seconds())} (7 days)",
            "/overlap_s",
        )
    secret = new_webhook_secret()
    with service.database.write() as connection:
        before = _found(webhooks.find(connection, project_id, webhook_id, service.vault))
        kept = tuple(
            Secret(old.text, min(old.expires_at or now + overlap, now + overlap))
            for old in before.secrets
            if overlap and (old.expires_at is None or old.expires_at > now)
        )
        webhook = replace(before, secrets=(Secret(secret), *kept), updated_at=now)
        webhooks.save(connection, webhook, service.vault)
        catalog.bump(connection)
    return webhook, secret


def test_webhook(service: Service, project_id: int, webhook_id: str, now: datetime) -> str:
    """Queue a ``webhook.test`` event; returns its delivery's id. Raises NotFound."""
    with service.database.write() as connection:
        webhook = _found(webhooks.find(connection, project_id, webhook_id, service.vault))
        delivery = Delivery(
            id=new_id("msg", now),
            project_id=project_id,
            webhook_id=webhook.id,
            type=TEST,
            event_at=now,
            created_at=now,
            subject={"webhook": webhook.id, "message": TEST_MESSAGE},
            status="pending" if webhook.status == "active" else "held",
            reason=None if webhook.status == "active" else webhook.status,
            next_at=now,
        )
        outbox.add(connection, delivery)
    return delivery.id


def replay(
    service: Service, project_id: int, webhook_id: str, since: datetime, now: datetime
) -> int:
    """Send everything since a time once more, same ids and bytes; returns how many.

    Raises NotFound, InvalidValue when the webhook is not active.
    """
    with service.database.write() as connection:
        webhook = _found(webhooks.find(connection, project_id, webhook_id, service.vault))
        if webhook.status != "active":
            raise InvalidValue(f"the webhook is {webhook.status}: set its status to active first")
        return deliveries.send_all_again(connection, project_id, webhook_id, since, now)


def retry_delivery(service: Service, project_id: int, delivery_id: str, now: datetime) -> Delivery:
    """Send one settled delivery once more. Raises NotFound, InvalidValue while it still waits."""
    with service.database.write() as connection:
        before = deliveries.find(connection, project_id, delivery_id)
        if before is None:
            raise NotFound(f"this project has no delivery {delivery_id!r}")
        if before.status == "cancelled":
            raise InvalidValue(f"this delivery was called off ({before.reason}): nothing to send")
        if before.status == "pending":
            raise InvalidValue("this delivery is waiting for its next attempt already")
        if not deliveries.send_again(connection, project_id, delivery_id, now):
            raise InvalidValue("this delivery was sent long ago and its body is no longer kept")
        again = deliveries.find(connection, project_id, delivery_id)
    assert again is not None
    return again


def _found(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise NotFound("this project has no such webhook")
    return webhook


def _changed(
    service: Service, before: Webhook, document: Mapping[str, Any], now: datetime
) -> Webhook:
    changes: dict[str, Any] = {}
    if "url" in document:
        changes["url"] = check_url(document["url"], service.outbound).url
    if "events" in document:
        check_events(document["events"])
        changes["events"] = tuple(dict.fromkeys(document["events"]))
    if "filter" in document:
        changes["filter"] = _filter(document["filter"] or {})
    if "headers" in document:
        check_headers(document["headers"] or {})
        changes["headers"] = dict(document["headers"] or {})
    for name in ("description", "status", "template", "format", "rate_per_minute"):
        if name in document:
            changes[name] = document[name]
    changed = replace(before, **changes, updated_at=now)
    if JUDGED & document.keys():
        check_format(changed)
    return changed


def _filter(document: Mapping[str, Any]) -> Filter:
    score = document.get("score") or {}
    return Filter(
        survey=tuple(document.get("survey") or ()),
        metric=tuple(document.get("metric") or ()),
        band=tuple(document.get("band") or ()),
        score_min=score.get("min"),
        score_max=score.get("max"),
        touchpoint=tuple(document.get("touchpoint") or ()),
        channel=tuple(document.get("channel") or ()),
        traits={name: tuple(values) for name, values in (document.get("traits") or {}).items()},
    )
