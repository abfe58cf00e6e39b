"""feedback-service web: gunicorn with our settings. `serve` starts and watches it."""

import os
from pathlib import Path
from typing import Any, Final

import click
import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from prometheus_client import multiprocess

from feedback_service.app import create_app
from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.serving.threads import Worker
from feedback_service.config import Settings
from feedback_service.telemetry import configure_logging

GRACEFUL_S: Final = 30
# A token in a link has at most 2,048 characters; the rest of a request line is small.
_MAX_REQUEST_LINE: Final = 4094
_MAX_HEADERS: Final = 64
_MAX_HEADER_LENGTH: Final = 8190
# Memory where there is some: a worker's sign of life must not wait for a busy disk.
_SIGNS_OF_LIFE: Final = Path("/dev/shm")  # noqa: S108  # gunicorn makes unguessable names there

log = structlog.get_logger()


@click.command()
@click.option("--parent", type=int, help="End when this process is gone.")
def web(parent: int | None) -> None:
    """Run the web workers only, without migrating and without a dispatcher."""
    settings = settings_or_exit()
    configure_logging(settings.log_level)
    _Arbiter(_Web(settings), parent).run()


class _Web(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Builds the app in each worker, after fork: connections must not be shared."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in _options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._settings)


class _Arbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's master; ends with its supervisor, so that no orphan holds the port."""

    def __init__(self, app: _Web, parent: int | None) -> None:
        self._parent = parent
        super().__init__(app)

    def murder_workers(self) -> None:
        """Look after the workers, once a second, and after the supervisor while at it."""
        super().murder_workers()
        if self._parent not in {None, os.getppid()}:
            log.warning("supervisor is gone, stopping")
            raise StopIteration  # gunicorn's own way to halt gracefully


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Hands gunicorn's messages to our log; its access log would tell tokens in paths."""

    def setup(self, cfg: Any) -> None:
        """Replace gunicorn's handlers by none: records go up to the root."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "bind": settings.bind,
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": Worker,
        "preload_app": False,
        "graceful_timeout": GRACEFUL_S,
        "timeout": 60,
        "keepalive": 5,
        "limit_request_line": _MAX_REQUEST_LINE,
        "limit_request_fields": _MAX_HEADERS,
        "limit_request_field_size": _MAX_HEADER_LENGTH,
        # How many proxies to believe is FEEDBACK_TRUSTED_PROXIES' to say, in app.py.
        "forwarded_allow_ips": "",
        "accesslog": None,
        "loglevel": settings.log_level,
        "logger_class": _Log,
        "control_socket_disable": True,
        "worker_tmp_dir": str(_SIGNS_OF_LIFE) if os.access(_SIGNS_OF_LIFE, os.W_OK) else None,
        "child_exit": _forget_worker,
    }


def _forget_worker(_arbiter: Arbiter, worker: Any) -> None:
    """Drop the gauges of a worker that is gone; its counters stay in the sums."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library's
