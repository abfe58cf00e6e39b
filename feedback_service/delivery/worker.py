"""The dispatcher: polls the outbox, claims what is due, has it sent, until it is told to stop."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from feedback_service.delivery.care import plugged_taggers
from feedback_service.delivery.care.comment_tags import TAG_EVERY_S, CommentTags
from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.delivery.care.old_answers import AnswerPruner
from feedback_service.delivery.care.overdue import OverdueTeller
from feedback_service.delivery.care.pruning import Pruner
from feedback_service.delivery.care.report_counts import COUNT_EVERY_S, ReportCounter
from feedback_service.delivery.care.rounds import Rounds, Task
from feedback_service.delivery.claims import Claimer
from feedback_service.delivery.lanes import Lanes
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.senders import Door, Senders
from feedback_service.delivery.settling import Settler
from feedback_service.delivery.trouble import Outage
from feedback_service.storage.dispatch import outbox
from feedback_service.storage.engine import clock, heartbeats
from feedback_service.usecases.service import Service

log = structlog.get_logger()

HEARTBEAT_S: Final = 5.0
# After the last deadline: time to write down what came of it.
_SETTLING_S: Final = 1.0
# A receiver that uses up a third of its deadline is slow: it may have fewer senders.
_SLOW_SHARE: Final = 1 / 3
# Deliveries are kept for days.
_PRUNE_S: Final = 3_600.0
# After a sender was freed: time for others to be, so that one transaction claims for several.
# Half of what the last claim took, within these bounds: the dearer claims are, the more they share.
_GATHER_S: Final = (0.005, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How one dispatcher works.

    public_url: for links in bodies. name: of its heartbeat. retry_scale: multiplies every gap
    between attempts. senders: attempts at once. per_webhook: of these to one webhook. poll_s: how
    often it looks when idle. deadline_s: of one attempt. lease_s: how long a claim is safe from
    other dispatchers. round_s: how often it looks after cases. on_attempt: called with "delivered"
    or the class of error.
    """

    public_url: str | None
    name: str
    retry_scale: float = 1.0
    senders: int = 16
    per_webhook: int = 4
    poll_s: float = 0.25
    deadline_s: float = 15.0
    lease_s: float = 60.0
    round_s: float = 2.0
    on_attempt: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        if self.lease_s <= self.deadline_s:
            raise ValueError("a lease must outlast the attempt it covers")


def run(service: Service, options: WorkerOptions, stop: threading.Event) -> None:
    """Deliver until `stop` is set, then finish what is in flight. Call it after fork.

    A database that is away is waited for. What cannot be settled is sent again after its lease.
    """
    outage, abandon = Outage(), threading.Event()
    settler = Settler(service.database, options.retry_scale, outage, abandon)
    lanes = Lanes(options.senders, options.per_webhook, options.deadline_s * _SLOW_SHARE)
    with Guard() as guard:
        door = Door(guard, service.outbound, options.deadline_s)
        senders = Senders(options.senders, door, settler, lanes, options.on_attempt)
        rounds = Rounds(_tasks(service, options), outage)
        # By themselves: taggers of others may take their time.
        tags = CommentTags(service, plugged_taggers.installed())
        tagging = Rounds([Task("tags", tags.run, TAG_EVERY_S)], outage)
        log.info("dispatcher started", name=options.name)
        try:
            _Dispatcher(service, options, lanes, senders).run(stop, outage)
        finally:
            finished = senders.wait_for_all(options.deadline_s + _SETTLING_S)
            rounds.close(_SETTLING_S)
            tagging.close(_SETTLING_S)
            abandon.set()
            senders.close()
        log.info("dispatcher stopped", name=options.name, finished=finished)


def _tasks(service: Service, options: WorkerOptions) -> list[Task]:
    """Return what is looked after beside sending."""
    database = service.database
    return [
        Task("open cases", CaseOpener(database).run, options.round_s),
        Task("overdue cases", OverdueTeller(database).run, options.round_s),
        Task("old deliveries", Pruner(database).run, _PRUNE_S),
        Task("old answers", AnswerPruner(database).run, _PRUNE_S),
        Task("report counts", ReportCounter(database).run, COUNT_EVERY_S),
    ]


class _Dispatcher:
    def __init__(
        self, service: Service, options: WorkerOptions, lanes: Lanes, senders: Senders
    ) -> None:
        self._service = service
        self._options = options
        self._claimer = Claimer(
            service.database, service.vault, options.lease_s, options.public_url
        )
        self._lanes = lanes
        self._senders = senders
        # Webhooks with due deliveries, as of the last look: those to be served next come first.
        self._waiting: list[str] = []
        self._look_at = self._beat_at = monotonic()
        self._gather_s = _GATHER_S[0]

    def run(self, stop: threading.Event, outage: Outage) -> None:
        while not stop.is_set():
            try:
                self._beat()
                self._look()
                served = self._serve()
            except Exception as error:  # noqa: BLE001  # nothing may end all deliveries
                stop.wait(outage.pause_s(error))
                continue
            outage.over()
            pause_s = self._look_at - monotonic()
            if not self._waiting:
                stop.wait(pause_s)
            elif not served:
                self._lanes.wait_for_landing(pause_s)
                stop.wait(self._gather_s)

    def _beat(self) -> None:
        if monotonic() < self._beat_at:
            return
        with self._service.database.write() as connection:
            heartbeats.beat(connection, self._options.name, clock.read(connection).at)
        self._beat_at = monotonic() + HEARTBEAT_S

    def _look(self) -> None:
        if monotonic() < self._look_at:
            return
        with self._service.database.read() as connection:
            self._waiting = outbox.waiting_webhooks(connection, clock.read(connection).at)
        jitter = random.uniform(0.75, 1.25)  # noqa: S311  # spreads load, guards nothing
        self._look_at = monotonic() + self._options.poll_s * jitter

    def _serve(self) -> bool:
        """Claim for the webhooks that wait and have free senders; False when none has."""
        shares = {} if self._senders.are_behind() else self._lanes.reserve(self._waiting)
        if not shares:
            return False
        unused, begun = Counter(shares), monotonic()
        try:
            claimed = self._claimer.claim_due(shares)
            self._gather_s = min(_GATHER_S[1], max(_GATHER_S[0], (monotonic() - begun) / 2))
            unused -= Counter(claim.delivery.webhook_id for claim in claimed.claims)
        finally:
            self._lanes.give_back(unused)
        for claim in claimed.claims:
            self._senders.send(claim)
        # Whoever had less than its share has no more; whoever was served goes to the end.
        more = [
            webhook_id for webhook_id, share in shares.items() if claimed.found[webhook_id] == share
        ]
        self._waiting = [w for w in self._waiting if w not in shares] + more
        return True
