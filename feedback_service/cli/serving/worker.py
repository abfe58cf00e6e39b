"""feedback-service worker: one dispatcher."""

import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import click

from feedback_service import telemetry
from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import opened_service
from feedback_service.cli.serving.signals import STOP_SIGNALS, Signals
from feedback_service.delivery.worker import WorkerOptions, run

_LOOK_AT_PARENT_S: Final = 1.0
# Beside one connection per sender: claims, heartbeat.
_MORE_CONNECTIONS: Final = 4


@click.command()
@click.option("--parent", type=int, hidden=True, help="End when this process is gone.")
def worker(parent: int | None) -> None:
    """Run one dispatcher: it sends the webhooks that are due, and tries again what failed.

    `serve` runs one already. Run more on other machines beside `serve --no-worker`; they share
    the work through the database. SIGTERM lets attempts in flight end first.
    """
    settings = settings_or_exit()
    options = WorkerOptions(
        public_url=settings.public_url,
        name=f"{socket.gethostname()}:{os.getpid()}"[:100],
        retry_scale=settings.retry_scale,
        on_attempt=telemetry.count_webhook_attempt,
    )
    signals = Signals(STOP_SIGNALS)
    connections = options.senders + _MORE_CONNECTIONS
    with opened_service(settings, connections, settings.log_level) as service:
        stop = threading.Event()
        with ThreadPoolExecutor(1, "dispatcher") as alone:
            running = alone.submit(run, service, options, stop)
            while not running.done():
                came = signals.wait(_LOOK_AT_PARENT_S)
                if came and stop.is_set():
                    sys.stderr.flush()
                    os._exit(1)  # asked twice: leases give the rest back
                if came or parent not in {None, os.getppid()}:
                    stop.set()
        running.result()
