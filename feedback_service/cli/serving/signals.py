"""Waits for signals in a plain loop: nothing runs inside a signal handler."""

import select
import signal
import socket
from collections.abc import Iterable
from types import FrameType
from typing import Final

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Takes these signals over from the process; call it in the main thread.

    A handler that touched locks could meet its own thread holding them, so handlers do nothing
    here: Python writes each signal's number into a socket, and whoever waits reads it there.
    """

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._ears, self._mouth = socket.socketpair()
        self._ears.setblocking(False)
        self._mouth.setblocking(False)
        for number in numbers:
            signal.signal(number, _ignore)
        signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)

    def wait(self, timeout_s: float) -> list[int]:
        """Return the numbers of the signals that came, at the latest after the timeout."""
        ready, _, _ = select.select([self._ears], [], [], timeout_s)
        return list(self._ears.recv(64)) if ready else []


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
