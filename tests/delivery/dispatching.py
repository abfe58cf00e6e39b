"""A dispatcher at work in a test: started, watched, stopped; and what receivers got of it."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from standardwebhooks.webhooks import Webhook as OfficialWebhook

from feedback_service.delivery.worker import WorkerOptions, run
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.surveys import Survey
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.usecases.collect import Collected
from feedback_service.usecases.service import Service
from tests.delivery.receivers import Behaviour, Receiver
from tests.factories import answer, collect, link_token, rows

# Retries follow each other at once: 5 s become 5 ms.
FAST = 0.001


def now() -> datetime:
    """Return the real time: these tests wait for it."""
    return datetime.now(UTC)


@contextmanager
def dispatching(service: Service, **options: Any) -> Iterator[None]:
    """Run a dispatcher beside the block; stop it and wait for it at the end."""
    chosen = {"public_url": None, "name": "test", "retry_scale": FAST, "poll_s": 0.02, **options}
    stop = threading.Event()
    dispatcher = threading.Thread(target=run, args=(service, WorkerOptions(**chosen), stop))
    dispatcher.start()
    try:
        yield
    finally:
        stop.set()
        dispatcher.join(30)
    assert not dispatcher.is_alive()


def until(holds: Callable[[], object], limit_s: float = 10.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def answered(service: Service, survey: Survey, score: int, **more: Any) -> Collected:
    """Collect an answer now, by a link of its own."""
    return collect(service, link_token(service, survey, now=now()), answer(score, **more), now())


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behave differently at each request; the last behaviour stays."""
    turns = count()

    def behave(stream: Any, over: threading.Event) -> None:
        behaviours[min(next(turns), len(behaviours) - 1)](stream, over)

    return behave


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the receiver saw it; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def received(receiver: Receiver) -> list[Received]:
    """Return what a receiver got so far, in order."""
    return [_parsed(request) for request in list(receiver.requests)]


def _parsed(request: bytes) -> Received:
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return Received({name.lower(): value for name, _, value in lines}, body)


def accepted_by_official_library(request: Received, webhook: Webhook) -> bool:
    """Let the official library judge; it raises when it does not accept."""
    verified = OfficialWebhook(webhook.secrets[0].text).verify(request.body, dict(request.headers))
    return bool(verified == request.json)


def statuses(service: Service, **equal: object) -> list[tuple[str, str, str | None]]:
    """Return type, status and reason of the deliveries, by type."""
    found = rows(service, deliveries, **equal)
    return sorted(((row["type"], row["status"], row["reason"]) for row in found), key=str)


def all_settled(service: Service) -> bool:
    """Tell whether no delivery is pending."""
    return all(row["status"] != "pending" for row in rows(service, deliveries))
