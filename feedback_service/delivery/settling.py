"""Settle attempts: decide what becomes of a delivery, write it behind the fence, many at once."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import structlog

from feedback_service.delivery.claims import Claim
from feedback_service.delivery.outbound.outcome import Delivered, Failed
from feedback_service.delivery.schedule import next_attempt_at
from feedback_service.delivery.trouble import Outage
from feedback_service.domain.alerting.deliveries import Attempt
from feedback_service.storage import catalog
from feedback_service.storage.dispatch import claimed, deliveries, webhooks
from feedback_service.storage.dispatch.outbox import Settlement
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.errors import StorageUnavailable

log = structlog.get_logger()

GONE: Final = "gone"
# On PostgreSQL one transaction may be written while another syncs.
_POSTGRES_LEADERS: Final = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """The attempt failed on our side, and the trouble has been reported."""

    elapsed_ms: int
    error: Literal["internal"] = "internal"


Outcome = Delivered | Failed | Broken


@dataclass(frozen=True, slots=True)
class _Item:
    settlement: Settlement
    webhook_id: str


def settlement_of(
    claim: Claim, outcome: Outcome, started_at: datetime, scale: float, jitter: float
) -> Settlement:
    """Return what becomes of a claimed delivery after one attempt.

    scale: FEEDBACK_RETRY_SCALE. jitter: 0..1.
    """
    now = claim.clock.now()
    number = claim.delivery.attempts
    status = outcome.status if not isinstance(outcome, Broken) else None
    reply = outcome.reply or None if not isinstance(outcome, Broken) else None
    error = None if isinstance(outcome, Delivered) else outcome.error
    attempt = Attempt(number, started_at, outcome.elapsed_ms, status, error, reply)
    if isinstance(outcome, Delivered):
        return Settlement(
            claim.delivery.id, claim.lease_token, "delivered", None, None, attempt, now
        )
    # A fault of ours is retried like a receiver that is not reached.
    failed = outcome if isinstance(outcome, Failed) else Failed("connect", outcome.elapsed_ms)
    next_at = next_attempt_at(number, now, failed, scale, jitter)
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
    )


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
        self._group: GroupCommit[_Item, bool] = GroupCommit(
            self._write, leaders=1 if database.is_sqlite else _POSTGRES_LEADERS
        )

    def settle(self, claim: Claim, outcome: Outcome, started_at: datetime) -> None:
        """Write what came of an attempt, and say so in the log."""
        jitter = random.random()  # noqa: S311  # spreads load, guards nothing
        settlement = settlement_of(claim, outcome, started_at, self._retry_scale, jitter)
        kept = self._written(_Item(settlement, claim.delivery.webhook_id))
        _report(claim, settlement, kept)

    def _written(self, item: _Item) -> bool:
        """Return whether the lease was still ours, False also when the write was abandoned."""
        while True:
            try:
                kept = self._group.submit(item)
            except StorageUnavailable as error:
                if self._abandon.wait(self._outage.pause_s(error)):
                    return False
            else:
                self._outage.over()
                return kept

    def _write(self, batch: Sequence[_Item]) -> list[bool]:
        with self._database.write() as connection:
            kept = claimed.settle(connection, [item.settlement for item in batch])
            gone = {
                item.webhook_id: item.settlement.now
                for item, is_ours in zip(batch, kept, strict=True)
                if is_ours and item.settlement.reason == GONE
            }
            for webhook_id, now in sorted(gone.items()):
                webhooks.disable(connection, webhook_id, GONE, now)
                deliveries.hold(connection, webhook_id, "disabled")
            if gone:
                catalog.bump(connection)
        return kept


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
    elif settlement.reason == GONE:
        bound.error("webhook disabled", reason="the receiver answered 410 Gone")
