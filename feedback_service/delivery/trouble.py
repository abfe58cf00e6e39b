"""What goes wrong on our side: said once, and waited out."""

import random
import threading
import traceback
from contextlib import suppress
from time import monotonic
from typing import Final

import structlog

from feedback_service.storage.errors import StorageUnavailable

log = structlog.get_logger()

LONGEST_PAUSE_S: Final = 5.0
_SHORTEST_PAUSE_S: Final = 0.1
# A database that is away for an hour makes 60 lines, not 10,000.
_REMINDER_S: Final = 60.0


class Outage:
    """Paces and reports what fails while the database is away; shared by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: float | None = None
        self._said_at = 0.0

    def pause_s(self, error: Exception) -> float:
        """Note a failure; returns how long (s) to wait before the next try, up to 5.

        It grows with the outage, not with the failures: many threads share one outage.
        """
        now = monotonic()
        with self._lock:
            first = self._since is None
            since = self._since = now if self._since is None else self._since
            speaks = first or now - self._said_at >= _REMINDER_S
            if speaks:
                self._said_at = now
        lasted_s = now - since
        if speaks:
            with suppress(OSError):  # as in report_fault
                _report(error, lasted_s)
        pause_s = min(LONGEST_PAUSE_S, max(_SHORTEST_PAUSE_S, lasted_s / 2))
        return pause_s * random.uniform(0.5, 1)  # noqa: S311  # spreads load, guards nothing

    def over(self) -> None:
        """Note that the database answers."""
        if self._since is None:
            return
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            with suppress(OSError):  # as in report_fault
                log.warning("dispatcher works again", lasted_s=round(monotonic() - since, 1))


def report_fault(event: str, error: Exception, **fields: object) -> None:
    """Log an error of ours with its traceback, but without its text, which may hold a secret."""
    where = "".join(traceback.format_tb(error.__traceback__))
    # A log nobody reads any more (a closed pipe) must not end deliveries.
    with suppress(OSError):
        log.error(event, fault=type(error).__name__, trace=where, **fields)


def _report(error: Exception, lasted_s: float) -> None:
    if isinstance(error, StorageUnavailable):
        reason = str(error).partition("\n")[0][:200]
        log.error("database away", error=reason, lasted_s=round(lasted_s))
    else:
        report_fault("dispatcher broken", error, lasted_s=round(lasted_s))
