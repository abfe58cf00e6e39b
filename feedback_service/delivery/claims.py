"""Claim what is due: lease, look again whether it still holds, render, freeze. One transaction."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.delivery import payload
from feedback_service.delivery.schedule import ATTEMPTS
from feedback_service.delivery.trouble import report_fault
from feedback_service.domain.deliveries import Delivery, DeliveryStatus
from feedback_service.domain.events import still_true
from feedback_service.domain.webhooks import Webhook
from feedback_service.storage import briefs, clock, outbox, unsent
from feedback_service.storage.briefs import Brief, Story
from feedback_service.storage.clock import Reading
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until its lease ends.

    webhook: None when its secrets cannot be decrypted. body: None when it cannot be rendered.
    """

    delivery: Delivery
    webhook: Webhook | None
    body: bytes | None
    lease_token: str
    clock: Reading


@dataclass(frozen=True, slots=True)
class Round:
    """claims: to be sent. found: webhook id -> how many due deliveries it had, up to its share."""

    claims: list[Claim]
    found: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Aside:
    """What becomes of a due delivery that is not sent."""

    status: DeliveryStatus
    reason: str


def claim_due(
    service: Service, shares: Mapping[str, int], lease_s: float, public_url: str | None
) -> Round:
    """Claim due deliveries, up to a share per webhook, and make them ready to send.

    shares: webhook id -> how many. Raises StorageUnavailable.
    """
    token = secrets.token_hex(16)
    with service.database.write() as connection:
        reading = clock.read(connection)
        until = reading.at + timedelta(seconds=lease_s)
        found = {
            webhook_id: outbox.claim(
                connection,
                webhook_id=webhook_id,
                limit=share,
                lease_token=token,
                lease_until=until,
                now=reading.at,
            )
            for webhook_id, share in shares.items()
        }
        due = [delivery for claimed in found.values() for delivery in claimed]
        claims = []
        for brief in briefs.of_claimed(connection, due, service.vault):
            aside, delivery = _aside(brief), brief.delivery
            if aside is not None:
                status, reason = aside.status, aside.reason
                unsent.put_aside(connection, delivery.id, token, status, reason, reading.at)
                continue
            body = delivery.body or _rendered(brief, public_url)
            if body is not None and delivery.body is None:
                outbox.freeze(connection, delivery.id, token, body)
            claims.append(Claim(delivery, brief.webhook, body, token, reading))
    return Round(claims, {webhook_id: len(claimed) for webhook_id, claimed in found.items()})


def _aside(brief: Brief) -> Aside | None:
    """Return why a due delivery is not sent, None when it is."""
    if brief.delivery.attempts > ATTEMPTS:
        # Attempts that never ended: their senders were killed, perhaps by this very body.
        return Aside("failed", "exhausted")
    if brief.webhook is None:
        return None
    if brief.webhook.status != "active":
        return Aside("held", brief.webhook.status)
    if brief.story is None:
        return None
    return _outdated(brief.delivery.type, brief.webhook, brief.story)


def _outdated(event_type: str, webhook: Webhook, story: Story) -> Aside | None:
    """Look again, when it is first due: the score may be corrected, the traits known."""
    survey, response, wanted = story.survey, story.response, webhook.filter
    if not still_true(event_type, survey.definition, response):
        return Aside("cancelled", "corrected")
    if not (
        wanted.admits(survey.key, survey.definition, response)
        and wanted.admits_traits(story.traits)
    ):
        return Aside("cancelled", "filtered")
    return None


def _rendered(brief: Brief, public_url: str | None) -> bytes | None:
    """Return the body, None when rendering breaks: one bad delivery must not stop the others."""
    try:
        if brief.story is None:
            return payload.subject_body(brief.delivery, brief.project)
        return payload.response_body(brief.delivery, brief.project, brief.story, public_url)
    except Exception as error:  # noqa: BLE001  # reported here, settled as a failed attempt
        report_fault("webhook body not rendered", error, delivery_id=brief.delivery.id)
        return None
