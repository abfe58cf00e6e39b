"""One thread that ends every connection at its deadline.

A socket timeout counts from the last byte: a receiver dripping one byte a second never meets it.
So the socket itself is shut when the whole attempt has had its time.
"""

import heapq
import socket
import threading
from contextlib import suppress
from itertools import count
from time import monotonic
from types import TracebackType
from typing import Self


class Watch:
    """The deadline of one attempt; a context manager."""

    __slots__ = ("_handle", "_lock", "_over", "deadline", "expired")

    def __init__(self, deadline: float) -> None:
        """deadline: on the monotonic clock."""
        self.deadline = deadline
        self.expired = False
        self._over = False
        self._handle: socket.socket | None = None
        self._lock = threading.Lock()

    @property
    def left_s(self) -> float:
        """Seconds until the deadline, never below zero."""
        return max(0.0, self.deadline - monotonic())

    @property
    def over(self) -> bool:
        """True when nothing is left to do: expired, or left by its attempt."""
        return self._over

    def attach(self, connection: socket.socket) -> None:
        """Shut this connection at the deadline; at once when that has passed."""
        # A handle of our own: TLS takes the descriptor out of the plain socket when it wraps it,
        # and a descriptor closed by its owner may already belong to somebody else.
        handle = connection.dup()
        with self._lock:
            self._handle = handle
            if self.expired:
                _shut(handle)

    def expire(self) -> None:
        """Shut the attached connection, unless the attempt is over."""
        with self._lock:
            if self._over:
                return
            self._over = self.expired = True
            if self._handle is not None:
                _shut(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._over = True
            if self._handle is not None:
                self._handle.close()
                self._handle = None


class Watchdog:
    """Expires watches; starts its thread with the first one."""

    def __init__(self) -> None:
        self._watches: list[tuple[float, int, Watch]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, limit_s: float) -> Watch:
        """Return a watch that expires in limit_s seconds. Raises RuntimeError after close."""
        watch = Watch(monotonic() + limit_s)
        with self._changed:
            if self._closed:
                raise RuntimeError("the watchdog is closed")
            heapq.heappush(self._watches, (watch.deadline, next(self._order), watch))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif self._watches[0][2] is watch:
                # Only a new earliest deadline needs the thread awake: with equal limits that is
                # almost never, so hundreds of attempts a second cost a heap push each.
                self._changed.notify()
        return watch

    def close(self) -> None:
        """Stop the thread; watches still open lose their deadline."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (due := self._wait()) is not None:
            for watch in due:
                watch.expire()

    def _wait(self) -> list[Watch] | None:
        """Return the next watches to expire, None when closed."""
        with self._changed:
            while not self._closed:
                due = self._take_due()
                if due:
                    return due
                left_s = self._watches[0][0] - monotonic() if self._watches else None
                self._changed.wait(left_s)
        return None

    def _take_due(self) -> list[Watch]:
        due = []
        now = monotonic()
        while self._watches and (self._watches[0][0] <= now or self._watches[0][2].over):
            due.append(heapq.heappop(self._watches)[2])
        return due


def _shut(handle: socket.socket) -> None:
    # The other side may have hung up first (ENOTCONN): then there is nothing left to shut.
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
