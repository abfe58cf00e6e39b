"""Claim what is due: lease, look again whether it still holds, render, freeze. One transaction."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from feedback_service.delivery import payload
from feedback_service.delivery.formats import render
from feedback_service.delivery.formats.shape import Unfit
from feedback_service.delivery.schedule import ATTEMPTS
from feedback_service.delivery.trouble import report_fault
from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.alerting.events import still_true
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.storage.dispatch import claimed, outbox, webhook_health
from feedback_service.storage.dispatch.briefs import Brief, Briefs, Story
from feedback_service.storage.dispatch.claimed import Aside
from feedback_service.storage.engine import clock
from feedback_service.storage.engine.clock import Reading
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.vault import Vault

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until its lease ends.

    webhook: None when its secrets cannot be decrypted. body: None when it cannot be rendered.
    fault: what is wrong with the webhook's template, when that is why.
    """

    delivery: Delivery
    webhook: Webhook | None
    body: bytes | None
    lease_token: str
    clock: Reading
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """claims: to be sent. found: webhook id -> how many due deliveries it had, up to its share."""

    claims: list[Claim]
    found: Mapping[str, int]


class Claimer:
    """Claims for one dispatcher. public_url: for the links in bodies."""

    def __init__(
        self, database: Database, vault: Vault, lease_s: float, public_url: str | None
    ) -> None:
        self._database = database
        self._briefs = Briefs(vault)
        self._lease = timedelta(seconds=lease_s)
        self._public_url = public_url

    def claim_due(self, shares: Mapping[str, int]) -> Round:
        """Claim due deliveries, up to a share per webhook, and make them ready to send.

        shares: webhook id -> how many. Raises StorageUnavailable.
        """
        token = secrets.token_hex(16)
        with self._database.write() as connection:
            reading = clock.read(connection)
            found = self._leased(connection, shares, token, reading.at)
            due = [delivery for deliveries in found.values() for delivery in deliveries]
            briefs = self._briefs.of_claimed(connection, due) if due else []
            asides, bodies, claims = {}, {}, []
            for brief in briefs:
                delivery, aside = brief.delivery, _aside(brief)
                if aside is not None:
                    asides[delivery.id] = aside
                    continue
                body, fault = delivery.body, None
                if body is None:
                    body, fault = _rendered(brief, self._public_url)
                if body is not None and delivery.body is None:
                    bodies[delivery.id] = body
                claims.append(Claim(delivery, brief.webhook, body, token, reading, fault))
            claimed.put_aside(connection, token, asides, reading.at)
            claimed.freeze(connection, token, bodies)
        return Round(claims, {webhook_id: len(each) for webhook_id, each in found.items()})

    def _leased(
        self, connection: Any, shares: Mapping[str, int], token: str, now: datetime
    ) -> dict[str, list[Delivery]]:
        """Lease what is due, up to a share per webhook and within its rate limit."""
        paces = webhook_health.paces(connection, shares)
        found = {}
        for webhook_id, share in shares.items():
            pace = paces.get(webhook_id)
            limit = share if pace is None else pace.room(share, now)
            found[webhook_id] = outbox.claim(
                connection,
                webhook_id=webhook_id,
                limit=limit,
                lease_token=token,
                lease_until=now + self._lease,
                now=now,
            )
            if pace is not None and found[webhook_id]:
                webhook_health.spend(connection, webhook_id, pace, len(found[webhook_id]), now)
        return found


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
        return Aside("cancelled", "unconfirmed" if response.unconfirmed else "corrected")
    if not (
        wanted.admits(survey.key, survey.definition, response)
        and wanted.admits_traits(story.traits)
    ):
        return Aside("cancelled", "filtered")
    return None


def _rendered(brief: Brief, public_url: str | None) -> tuple[bytes | None, str | None]:
    """Return the body, or None and what is wrong with the template if that is why.

    One bad delivery must not stop the others.
    """
    delivery, webhook = brief.delivery, brief.webhook
    if webhook is None:
        return None, None
    try:
        event = payload.event_of(delivery, brief.project.slug, brief.story, public_url)
        found = render.rendered(webhook, event, public_url)
    except Unfit as unfit:
        return None, f"{unfit.pointer}: {unfit}"
    except Exception as error:  # noqa: BLE001  # reported here, settled as a failed attempt
        report_fault("webhook body not rendered", error, delivery_id=delivery.id)
        return None, None
    for fault in found.faults:
        log.error(
            "webhook template fault",
            webhook_id=webhook.id,
            delivery_id=delivery.id,
            pointer=fault.pointer,
        )
    return found.body, None
