"""Settle attempts: decide what becomes of a delivery, write it behind the fence, many at once."""

import random
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any, Final

import structlog

from feedback_service.delivery.claims import Claim
from feedback_service.delivery.outbound.outcome import (
    INTERNAL,
    Delivered,
    Failed,
    OutboundRequest,
)
from feedback_service.delivery.schedule import next_attempt_at
from feedback_service.delivery.trouble import Outage
from feedback_service.domain.alerting.deliveries import Attempt
from feedback_service.domain.alerting.events import RECOVERED
from feedback_service.storage.dispatch import claimed, webhook_care
from feedback_service.storage.dispatch.outbox import Settlement
from feedback_service.storage.dispatch.webhook_care import GONE, Tried, Turn
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.errors import StorageUnavailable

log = structlog.get_logger()

# On PostgreSQL one transaction may be written while another syncs.
_POSTGRES_LEADERS: Final = 2
HIDDEN: Final = "(hidden)"
# That a webhook takes everything is written down so often and no oftener.
_WELL_FOR_S: Final = 60.0

Outcome = Delivered | Failed


def settlement_of(
    claim: Claim, outcome: Outcome, started_at: datetime, scale: float, jitter: float
) -> Settlement:
    """Return what becomes of a claimed delivery after one attempt.

    scale: FEEDBACK_RETRY_SCALE. jitter: 0..1.
    """
    now = claim.clock.now()
    number = claim.delivery.attempts
    error = None if isinstance(outcome, Delivered) else outcome.error
    attempt = Attempt(
        number,
        started_at,
        outcome.elapsed_ms,
        outcome.status,
        error,
        outcome.reply or None,
        _shown(claim, outcome.sent),
    )
    order = claim.delivery.order
    if isinstance(outcome, Delivered):
        return Settlement(
            claim.delivery.id, claim.lease_token, "delivered", None, None, attempt, now, order
        )
    next_at = next_attempt_at(number, now, outcome, scale, jitter)
    reason = None
    if next_at is None:
        reason = GONE if error == GONE else "exhausted"
    return Settlement(
        delivery_id=claim.delivery.id,
        lease_token=claim.lease_token,
        status="pending" if next_at else "failed",
        reason=reason,
        next_at=next_at,
        attempt=attempt,
        now=now,
        order=order,
    )


def _shown(claim: Claim, sent: OutboundRequest | None) -> Mapping[str, Any] | None:
    """Return a request as it may be kept and shown: the owner's own headers may be passwords.

    Its body is the delivery's, unless the format completed it for this attempt.
    """
    if sent is None or claim.webhook is None:
        return None
    own = {name.lower() for name in claim.webhook.headers}
    headers = {name: HIDDEN if name.lower() in own else text for name, text in sent.headers.items()}
    shown = {"method": sent.method, "url": sent.url, "headers": headers}
    if sent.body != claim.body:
        shown["body"] = sent.body.decode(errors="replace")
    return shown


class Settler:
    """Writes settlements of concurrent senders together; keeps trying while the database is away.

    abandon: set it to make senders let go of what cannot be written; the lease then ends, and
    the delivery is sent again.
    """

    def __init__(
        self, database: Database, retry_scale: float, outage: Outage, abandon: threading.Event
    ) -> None:
        self._database = database
        self._retry_scale = retry_scale
        self._outage = outage
        self._abandon = abandon
        self._well: dict[str, float] = {}
        self._group: GroupCommit[Settlement, bool] = GroupCommit(
            self._write, leaders=1 if database.is_sqlite else _POSTGRES_LEADERS
        )

    def settle(self, claim: Claim, outcome: Outcome, started_at: datetime) -> None:
        """Write what came of an attempt, and say so in the log."""
        jitter = random.random()  # noqa: S311  # spreads load, guards nothing
        settlement = settlement_of(claim, outcome, started_at, self._retry_scale, jitter)
        kept = self._written(settlement)
        _report(claim, settlement, kept)

    def _written(self, settlement: Settlement) -> bool:
        """Return whether the lease was still ours, False also when the write was abandoned."""
        while True:
            try:
                kept = self._group.submit(settlement)
            except StorageUnavailable as error:
                if self._abandon.wait(self._outage.pause_s(error)):
                    return False
            else:
                self._outage.over()
                return kept

    def _write(self, batch: Sequence[Settlement]) -> list[bool]:
        with self._database.write() as connection:
            kept = claimed.settle(connection, batch)
            ours = [one for one, is_ours in zip(batch, kept, strict=True) if is_ours]
            tried = self._worth_noting(ours)
            turns = webhook_care.after(connection, tried, self._retry_scale) if tried else []
        self._remember(tried)
        for turn in turns:
            _report_turn(turn)
        return kept

    def _worth_noting(self, settlements: Sequence[Settlement]) -> list[Tried]:
        """Return what tells how webhooks fare: failures, and now and then that all is well.

        A fault of ours says nothing of the receiver.
        """
        tried = [
            Tried(one.order[0], one.status == "delivered", one.now, one.reason == GONE)
            for one in settlements
            if one.attempt is None or one.attempt.error != INTERNAL
        ]
        failing = {each.webhook_id for each in tried if not each.succeeded}
        long_ago = monotonic() - _WELL_FOR_S
        return [
            each
            for each in tried
            if each.webhook_id in failing or self._well.get(each.webhook_id, long_ago) <= long_ago
        ]

    def _remember(self, tried: Sequence[Tried]) -> None:
        for each in tried:
            if each.succeeded:
                self._well[each.webhook_id] = monotonic()
            else:
                self._well.pop(each.webhook_id, None)


def _report_turn(turn: Turn) -> None:
    if turn.event == RECOVERED:
        log.warning("webhook recovered", webhook_id=turn.webhook_id)
        return
    since = turn.health.failing_since
    log.error(
        "webhook disabled",
        webhook_id=turn.webhook_id,
        reason=turn.words,
        failing_since=since and since.isoformat(timespec="seconds"),
        failures=turn.health.failures,
    )


def _report(claim: Claim, settlement: Settlement, kept: bool) -> None:
    delivery, attempt = claim.delivery, settlement.attempt
    assert attempt is not None
    bound = log.bind(
        webhook_id=delivery.webhook_id,
        delivery_id=delivery.id,
        type=delivery.type,
        attempt=attempt.number,
        status=attempt.status,
        ms=round(attempt.elapsed_ms),
    )
    if settlement.status == "delivered":
        bound.info("webhook delivered")
    else:
        next_at = settlement.next_at and settlement.next_at.isoformat(timespec="seconds")
        bound.warning(
            "webhook failed", error=attempt.error, reason=settlement.reason, next_at=next_at
        )
    if not kept:
        bound.warning("webhook settlement lost")
