"""One attempt of a delivery in its webhook's format: look up, complete, sign, send, judge."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from feedback_service.delivery.formats import render
from feedback_service.delivery.formats.shape import Lookup
from feedback_service.delivery.outbound import signing
from feedback_service.delivery.outbound.attempt import attempt
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.outbound.outcome import Delivered, Failed, OutboundRequest
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.domain.alerting.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent. body: as frozen. now: tells the database's time."""

    webhook: Webhook
    delivery_id: str
    body: bytes
    now: Callable[[], datetime]


def delivered(
    parcel: Parcel, guard: Guard, policy: OutboundPolicy, deadline_s: float
) -> Delivered | Failed:
    """Send a parcel once and return what came of it, within deadline_s seconds in all.

    Raises ValueError for a request no HTTP client may send.
    """
    started, webhook, body = monotonic(), parcel.webhook, parcel.body
    asked = render.lookup(webhook, body)
    if asked is not None:
        request = OutboundRequest(asked.url, b"", dict(webhook.headers), method="GET")
        answer = _answer(asked, attempt(request, policy, deadline_s, guard))
        if isinstance(answer, Failed):
            return answer
        body = answer
    left_s = max(0.1, deadline_s - (monotonic() - started))
    outcome = attempt(_request(parcel, body), policy, left_s, guard)
    outcome = replace(outcome, elapsed_ms=round((monotonic() - started) * 1000))
    if isinstance(outcome, Delivered) and render.refused(webhook, outcome.reply):
        return Failed(
            "refused", outcome.elapsed_ms, outcome.status, outcome.reply, sent=outcome.sent
        )
    return outcome


def _answer(asked: Lookup, outcome: Delivered | Failed) -> bytes | Failed:
    """Return the completed body, or why the question got no answer."""
    if outcome.status in asked.nobody:
        return asked.complete(None)
    if isinstance(outcome, Failed):
        return replace(outcome, reply=f"looking the person up: {outcome.reply}")
    try:
        return asked.complete(asked.found(outcome.reply))
    except ValueError as error:
        reply = f"looking the person up: {error}: {outcome.reply}"
        return Failed("bad_reply", outcome.elapsed_ms, outcome.status, reply)


def _request(parcel: Parcel, body: bytes) -> OutboundRequest:
    webhook, now = parcel.webhook, parcel.now()
    # Nobody we know refuses headers it does not know, so the signature goes to CRMs, too.
    signature = signing.headers(
        webhook.signing_secrets(now), parcel.delivery_id, int(now.timestamp()), body
    )
    headers = {**render.headers(webhook, parcel.delivery_id), **signature}
    return OutboundRequest(webhook.url, body, headers)
