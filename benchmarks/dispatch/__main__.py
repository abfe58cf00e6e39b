"""How fast do deliveries leave, beside bare requests in as many threads posting the same bodies?

python -m benchmarks.dispatch [--engine sqlite|postgresql] [--events 1500] [--rounds 3]
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import requests

from benchmarks.databases import ENGINES, EngineName, count, description, fresh_database
from benchmarks.servers import SERVICE, Server, environment_of, free_port
from benchmarks.stage import LOOPBACK, SECRET_KEY
from feedback_service.delivery.worker import WorkerOptions
from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.ids import new_id
from feedback_service.storage.dispatch import outbox
from feedback_service.usecases.service import Service, open_service
from feedback_service.usecases.setup.configure_webhook import add_webhook
from feedback_service.usecases.setup.found_project import found_project

# As many as together use all senders of a dispatcher.
WEBHOOKS: Final = 4
SENDERS: Final = WorkerOptions(public_url=None, name="for its defaults").senders
_LIMIT_S: Final = 120.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--events", type=int, default=1_500)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-dispatch-") as folder:
        measure(chosen.engine, Path(folder), chosen.events, chosen.rounds)


def measure(engine: EngineName, folder: Path, events: int, rounds: int) -> None:
    port = free_port()
    with fresh_database(engine, folder) as url, receiver(port) as target:
        print(description(url))
        service = open_service(url, (SECRET_KEY,), LOOPBACK, connections=4)
        webhooks = _webhooks(service, target)
        ratios, costs, bodies = [], [], [b"x" * 900] * events
        for number in range(1, rounds + 1):
            cpu_s = time.process_time()
            alone = _rate(events, lambda: _posted(target, bodies, requests.post))
            cpu_s = time.process_time() - cpu_s
            kept = _rate(events, lambda: _posted(target, bodies, None))
            ours, our_cpu_s = _dispatched(service, url, folder, webhooks, events)
            ratios.append((ours / alone, ours / kept))
            costs.append(our_cpu_s / (cpu_s / events))
            print(
                f"round {number}: dispatched {ours:.0f}/s, requests.post {alone:.0f}/s, "
                f"a Session per thread {kept:.0f}/s; processor ms each: {our_cpu_s * 1000:.1f}, "
                f"requests.post {cpu_s / events * 1000:.1f}"
            )
        service.database.dispose()
    for name, values in zip(("requests.post", "Session"), zip(*ratios, strict=True), strict=True):
        print(f"dispatch as a multiple of {name}: {median(values):.2f}")
    print(f"processor time of a delivery as a multiple of requests.post's: {median(costs):.2f}")


@contextmanager
def receiver(port: int) -> Iterator[str]:
    """Run the receiver; yields its URL."""
    command = [sys.executable, "-m", "benchmarks.dispatch.receiving", str(port)]
    process = subprocess.Popen(command)
    target = f"http://127.0.0.1:{port}/hook"
    try:
        _until(lambda: _answers(target))
        yield target
    finally:
        process.terminate()
        process.wait(10)


def _webhooks(service: Service, target: str) -> list[tuple[int, str]]:
    """Return (project number, webhook id) of fresh webhooks."""
    now = datetime.now(UTC)
    project_id = found_project(service, "Benchmark", [], "UTC", now).project.id
    wish = {"url": target, "events": ["response.scored"]}
    return [
        (project_id, add_webhook(service, project_id, wish, now)[0].id) for _ in range(WEBHOOKS)
    ]


def _dispatched(
    service: Service, url: str, folder: Path, webhooks: Sequence[tuple[int, str]], events: int
) -> tuple[float, float]:
    """Queue events, let a dispatcher of its own process send them.

    Returns how many a second and the processor seconds of each, from the first attempt to the
    last settlement: the start of the process does not count.
    """
    _queue(service, webhooks, events)
    environment = environment_of(folder, url, free_port(), FEEDBACK_LOG_LEVEL="error")
    worker = subprocess.Popen([*SERVICE, "worker"], env=environment)
    try:
        waiting = "SELECT count(*) FROM deliveries WHERE status <> 'delivered'"
        before = count(url, "SELECT count(*) FROM attempts")
        _until(lambda: count(url, "SELECT count(*) FROM attempts") > before)
        dispatcher = Server(worker, 0)
        start, cpu_s = time.monotonic(), dispatcher.cpu_s()
        done = events - (count(url, "SELECT count(*) FROM attempts") - before)
        _until(lambda: count(url, waiting) == 0)
        return done / (time.monotonic() - start), (dispatcher.cpu_s() - cpu_s) / done
    finally:
        worker.terminate()
        worker.wait(30)


def _queue(service: Service, webhooks: Sequence[tuple[int, str]], events: int) -> None:
    now = datetime.now(UTC)
    with service.database.write() as connection:
        for number in range(events):
            project_id, webhook_id = webhooks[number % len(webhooks)]
            subject = {"webhook": webhook_id, "message": "x" * 700}
            outbox.add(
                connection,
                Delivery(
                    id=new_id("msg", now),
                    project_id=project_id,
                    webhook_id=webhook_id,
                    type="webhook.test",
                    event_at=now,
                    created_at=now,
                    subject=subject,
                    next_at=now,
                ),
            )


def _posted(target: str, bodies: Sequence[bytes], post: Callable[..., Any] | None) -> None:
    """Post the bodies in as many threads as a dispatcher has; without `post` by kept sessions."""
    own = threading.local()

    def send(body: bytes) -> None:
        if post is None and not hasattr(own, "session"):
            own.session = requests.Session()
        reply = (post or own.session.post)(target, data=body, timeout=15)
        reply.raise_for_status()

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(send, bodies))


def _rate(events: int, run: Callable[[], None]) -> float:
    start = time.monotonic()
    run()
    return events / (time.monotonic() - start)


def _answers(target: str) -> bool:
    try:
        return requests.post(target, data=b"{}", timeout=5).ok
    except requests.ConnectionError:
        return False


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
