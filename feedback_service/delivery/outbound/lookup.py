"""Ask DNS, with a time limit that ``getaddrinfo`` itself does not know."""

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from feedback_service.domain.alerting.addresses import Address

# name, port -> every address the name has; raises OSError when it has none.
Resolve = Callable[[str, int], Sequence[Address]]

# Lookups at once. One that hangs keeps its thread, so this is well above the number of senders.
LOOKUPS: Final = 64


class LookupFailed(Exception):
    """The name has no address, or DNS did not say in time."""


def system_addresses(host: str, port: int) -> list[Address]:
    """Return the addresses the operating system knows for a name, in its order of preference.

    Raises OSError (gaierror) when there are none.
    """
    found: dict[Address, None] = {}
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        scope = address[3] if family == socket.AF_INET6 and len(address) == 4 else 0
        # The scope is kept, because the policy refuses addresses that need one.
        found[ip_address(f"{address[0]}%{scope}" if scope else address[0])] = None
    return list(found)


@dataclass(frozen=True, slots=True)
class _Question:
    host: str
    port: int
    deadline: float
    answers: SimpleQueue[Sequence[Address] | OSError]


class Lookups:
    """Resolves names beside the calling thread, because a lookup cannot be interrupted.

    Not a ThreadPoolExecutor: the end of the process would wait for its hanging lookups.
    """

    def __init__(self, resolve: Resolve = system_addresses, at_once: int = LOOKUPS) -> None:
        self._resolve = resolve
        self._at_once = at_once
        self._threads = 0
        self._lock = threading.Lock()
        self._idle = threading.Semaphore(0)
        self._questions: SimpleQueue[_Question | None] = SimpleQueue()

    def addresses(self, host: str, port: int, limit_s: float) -> Sequence[Address]:
        """Return the addresses of a name, asked once. Raises LookupFailed."""
        question = _Question(host, port, monotonic() + limit_s, SimpleQueue())
        self._questions.put(question)
        self._see_to_a_thread()
        try:
            answer = question.answers.get(timeout=limit_s)
        except Empty as error:
            raise LookupFailed("no answer in time") from error
        if isinstance(answer, OSError):
            raise LookupFailed("no address") from answer
        return answer

    def close(self) -> None:
        """Let the threads go; one that hangs in a lookup goes when it returns."""
        with self._lock:
            for _ in range(self._threads):
                self._questions.put(None)

    def _see_to_a_thread(self) -> None:
        if self._idle.acquire(blocking=False):
            return
        with self._lock:
            if self._threads < self._at_once:
                self._threads += 1
                threading.Thread(target=self._run, name="lookup", daemon=True).start()

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            # Who asked may have given up while the question waited behind hanging ones.
            if monotonic() < question.deadline:
                question.answers.put(self._answer(question))
            self._idle.release()

    def _answer(self, question: _Question) -> Sequence[Address] | OSError:
        try:
            return self._resolve(question.host, question.port)
        except OSError as error:
            return error
