"""Threads that send claims and settle what came of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic

from feedback_service.delivery.claims import Claim
from feedback_service.delivery.lanes import Lanes
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.outbound.outcome import INTERNAL, Delivered, Failed
from feedback_service.delivery.parcel import Parcel, delivered
from feedback_service.delivery.settling import Outcome, Settler
from feedback_service.delivery.trouble import report_fault
from feedback_service.domain.alerting.addresses import OutboundPolicy


@dataclass(frozen=True, slots=True)
class Door:
    """The way out. deadline_s: of one attempt."""

    guard: Guard
    policy: OutboundPolicy
    deadline_s: float


class Senders:
    """Daemon threads: one that hangs must not keep the process from ending.

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
        self._count = count
        for number in range(count):
            threading.Thread(target=self._run, name=f"sender-{number}", daemon=True).start()

    def send(self, claim: Claim) -> None:
        """Hand a claim to a free thread; its lane is reserved already."""
        self._claims.put(claim)

    def close(self) -> None:
        """Let the threads go, each when it has settled its claim."""
        for _ in range(self._count):
            self._claims.put(None)

    def _run(self) -> None:
        while (claim := self._claims.get()) is not None:
            outcome = self._deliver(claim)
            self._lanes.landed(claim.delivery.webhook_id, outcome.elapsed_ms / 1000)

    def _deliver(self, claim: Claim) -> Outcome:
        started_at, started = claim.clock.now(), monotonic()
        try:
            outcome = self._sent(claim)
        except Exception as error:  # noqa: BLE001  # settled as a failed attempt
            report_fault("webhook attempt broke", error, delivery_id=claim.delivery.id)
            outcome = Failed(INTERNAL, round((monotonic() - started) * 1000))
        try:
            self._settler.settle(claim, outcome, started_at)
            if self._on_attempt is not None:
                self._on_attempt("delivered" if isinstance(outcome, Delivered) else outcome.error)
        except Exception as error:  # noqa: BLE001  # the lease ends, and it is sent again
            report_fault("webhook settlement broke", error, delivery_id=claim.delivery.id)
        return outcome

    def _sent(self, claim: Claim) -> Outcome:
        webhook, body, door = claim.webhook, claim.body, self._door
        if claim.fault is not None:
            return Failed("template", 0, reply=claim.fault)
        if webhook is None or body is None:
            return Failed(INTERNAL, 0)
        parcel = Parcel(webhook, claim.delivery.id, body, claim.clock.now)
        return delivered(parcel, door.guard, door.policy, door.deadline_s)
