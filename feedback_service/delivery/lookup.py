"""Ask DNS, with a time limit that ``getaddrinfo`` itself does not know."""

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Final

from feedback_service.domain.addresses import Address

# name, port -> every address the name has; raises OSError when it has none.
Resolve = Callable[[str, int], Sequence[Address]]

# Lookups at once. One that hangs keeps its place, so this is well above the number of senders.
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


class Lookups:
    """Resolves names beside the calling thread, because a lookup cannot be interrupted.

    The threads are daemons: a resolver that hangs must not hold up the end of the process.
    """

    def __init__(self, resolve: Resolve = system_addresses, at_once: int = LOOKUPS) -> None:
        self._resolve = resolve
        self._places = threading.BoundedSemaphore(at_once)

    def addresses(self, host: str, port: int, limit_s: float) -> Sequence[Address]:
        """Return the addresses of a name, asked once. Raises LookupFailed."""
        if not self._places.acquire(timeout=limit_s):
            raise LookupFailed("too many lookups hang")
        answers: SimpleQueue[Sequence[Address] | OSError] = SimpleQueue()
        threading.Thread(
            target=self._ask, args=(host, port, answers), name="lookup", daemon=True
        ).start()
        try:
            answer = answers.get(timeout=limit_s)
        except Empty as error:
            raise LookupFailed("no answer in time") from error
        if isinstance(answer, OSError):
            raise LookupFailed("no address") from answer
        return answer

    def _ask(self, host: str, port: int, answers: SimpleQueue[Sequence[Address] | OSError]) -> None:
        try:
            answers.put(self._resolve(host, port))
        except OSError as error:
            answers.put(error)
        finally:
            self._places.release()
