"""Keeps the tests on this machine."""

import sys
from ipaddress import ip_address
from typing import Final

_EVENTS: Final = {"socket.connect", "socket.sendto", "socket.getaddrinfo"}


class NetworkForbidden(AssertionError):
    """A test tried to reach another machine."""


def stay_on_this_machine() -> None:
    """Refuse every connection, datagram and name look-up beyond loopback; cannot be undone."""
    sys.addaudithook(_refuse_others)


def _refuse_others(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _EVENTS:
        return
    # getaddrinfo(host, …); connect and sendto(socket, address), where a path is a Unix socket.
    host = arguments[0]
    if event != "socket.getaddrinfo":
        address = arguments[1]
        if not isinstance(address, tuple):
            return
        host = address[0]
    if not _is_here(host):
        raise NetworkForbidden(f"{event} to {host!r}: tests use loopback only")


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
