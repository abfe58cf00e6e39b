"""Threads that send claims and settle what came of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from time import monotonic
from typing import Final

from feedback_service.delivery.claims import Claim
from feedback_service.delivery.lanes import Lanes
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.outbound.outcome import INTERNAL, Delivered, Failed
from feedback_service.delivery.parcel import Parcel, delivered
from feedback_service.delivery.settling import Outcome, Settler
from feedback_service.delivery.trouble import report_fault
from feedback_service.domain.alerting.addresses import OutboundPolicy

# So many times its senders may wait to be settled: a database that is slow, not away.
_BEHIND: Final = 4


@dataclass(frozen=True, slots=True)
class Door:
    """The way out. deadline_s: of one attempt."""

    guard: Guard
    policy: OutboundPolicy
    deadline_s: float


@dataclass(frozen=True, slots=True)
class _Sent:
    claim: Claim
    outcome: Outcome
    started_at: datetime


class Senders:
    """Daemon threads: one that hangs must not keep the process from ending.

    What arrived is settled by threads of its own, so that a sender goes on while the database
    syncs. What failed is settled before its sender is free: a receiver that is gone, or asks for
    patience, gets nothing more meanwhile.
    on_attempt: called with "delivered" or the class of error.
    """

    def __init__(
        self,
        count: int,
        door: Door,
        settler: Settler,
        lanes: Lanes,
        on_attempt: Callable[[str], None] | None,
    ) -> None:
        self._door = door
        self._settler = settler
        self._lanes = lanes
        self._on_attempt = on_attempt
        self._claims: SimpleQueue[Claim | None] = SimpleQueue()
        self._arrived: SimpleQueue[_Sent | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._unsettled = 0
        self._count = count
        for number in range(count):
            for what, run in (("sender", self._run), ("settler", self._settle_arrived)):
                threading.Thread(target=run, name=f"{what}-{number}", daemon=True).start()

    def send(self, claim: Claim) -> None:
        """Hand a claim to a free thread; its lane is reserved already."""
        with self._changed:
            self._unsettled += 1
        self._claims.put(claim)

    def are_behind(self) -> bool:
        """Tell whether so much waits to be settled that nothing more should be claimed."""
        return self._unsettled >= _BEHIND * self._count

    def wait_for_all(self, limit_s: float) -> bool:
        """Wait until everything is sent and settled; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._unsettled, limit_s)

    def close(self) -> None:
        """Let the threads go, each when it has settled its claim."""
        for _ in range(self._count):
            self._claims.put(None)
            self._arrived.put(None)

    def _run(self) -> None:
        while (claim := self._claims.get()) is not None:
            sent = self._deliver(claim)
            if isinstance(sent.outcome, Delivered):
                self._arrived.put(sent)
            else:
                self._settle(sent)
            self._lanes.landed(claim.delivery.webhook_id, sent.outcome.elapsed_ms / 1000)

    def _settle_arrived(self) -> None:
        while (sent := self._arrived.get()) is not None:
            self._settle(sent)

    def _deliver(self, claim: Claim) -> _Sent:
        started_at, started = claim.clock.now(), monotonic()
        try:
            outcome = self._sent(claim)
        except Exception as error:  # noqa: BLE001  # settled as a failed attempt
            report_fault("webhook attempt broke", error, delivery_id=claim.delivery.id)
            outcome = Failed(INTERNAL, round((monotonic() - started) * 1000))
        return _Sent(claim, outcome, started_at)

    def _settle(self, sent: _Sent) -> None:
        outcome = sent.outcome
        try:
            self._settler.settle(sent.claim, outcome, sent.started_at)
            if self._on_attempt is not None:
                self._on_attempt("delivered" if isinstance(outcome, Delivered) else outcome.error)
        except Exception as error:  # noqa: BLE001  # the lease ends, and it is sent again
            report_fault("webhook settlement broke", error, delivery_id=sent.claim.delivery.id)
        with self._changed:
            self._unsettled -= 1
            self._changed.notify_all()

    def _sent(self, claim: Claim) -> Outcome:
        webhook, body, door = claim.webhook, claim.body, self._door
        if claim.fault is not None:
            return Failed("template", 0, reply=claim.fault)
        if webhook is None or body is None:
            return Failed(INTERNAL, 0)
        parcel = Parcel(webhook, claim.delivery.id, body, claim.clock.now)
        return delivered(parcel, door.guard, door.policy, door.deadline_s)
