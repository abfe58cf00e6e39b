"""The answers' desk: one thread of a web worker that takes in many answers at a time.

It takes only what cannot hold it up: a whole answer that has arrived, on a kept connection whose
client has taken in all earlier replies. Everything else has a thread of its own, as has an answer
while the desk is held up, say by a database that is away.
"""

import fcntl
import re
import socket
import struct
import termios
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final

import structlog

from feedback_service.storage.engine.room import Job, Room

_LARGEST_ROUND: Final = 64
# A round takes milliseconds. One that takes this long waits for something.
_PATIENCE_S: Final = 0.5
_LOOK_BYTES: Final = 8192
_REQUEST_LINE: Final = b"POST /v1/responses HTTP/1.1\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d{1,4})(?:\r\n|\Z)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding", re.IGNORECASE)
_NOTHING: Final = bytes(4)

log = structlog.get_logger()


class Desk:
    """handle: serves one connection; its result goes to `done`, on the desk's thread."""

    def __init__(
        self, handle: Callable[[Any], object], done: Callable[[list[tuple[Any, object]]], None]
    ) -> None:
        self._handle = handle
        self._done = done
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._busy_since: float | None = None

    def open(self) -> None:
        """Begin; the thread ends with its process."""
        threading.Thread(target=self._attend, name="answers", daemon=True).start()

    def take(self, connection: Any) -> bool:
        """Take a connection that has something to read; False when it needs a thread."""
        if self._is_held_up() or not _holds_answer(connection.sock):
            return False
        self._queue.put(connection)
        return True

    def left_waiting(self) -> Iterator[Any]:
        """Hand back who waits behind a round that is held up."""
        while self._is_held_up():
            try:
                yield self._queue.get_nowait()
            except Empty:
                return

    def _is_held_up(self) -> bool:
        since = self._busy_since
        return since is not None and monotonic() - since > _PATIENCE_S

    def _attend(self) -> None:
        room = Room()
        while True:
            first = self._queue.get()
            self._busy_since = monotonic()
            served: list[tuple[Any, object]] = []
            room.serve(islice(self._jobs(first, served), _LARGEST_ROUND))
            self._busy_since = None
            self._done(served)

    def _jobs(self, first: Any, served: list[tuple[Any, object]]) -> Iterator[Job]:
        """Yield a job for each connection that waits by then."""
        yield partial(self._serve, first, served)
        while True:
            try:
                connection = self._queue.get_nowait()
            except Empty:
                return
            yield partial(self._serve, connection, served)

    def _serve(self, connection: Any, served: list[tuple[Any, object]]) -> None:
        keep: object = False
        try:
            keep = self._handle(connection)
        except BaseException:
            log.exception("connection crashed")  # as in a thread pool: it ends this one alone
        served.append((connection, keep))


def _holds_answer(sock: socket.socket) -> bool:
    """Look, without reading, whether one whole answer is there and the reply will find room."""
    try:
        seen = sock.recv(_LOOK_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        if not seen.startswith(_REQUEST_LINE):
            return False
        head, _, body = seen.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length is None or len(body) != int(length[1]) or _CHUNKED.search(head):
            return False
        # What the client has not taken in yet of earlier replies: a new one could have to wait.
        unsent = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, _NOTHING)
    except OSError:
        return False
    return struct.unpack("i", unsent) == (0,)
