"""The door webhooks leave through: every address is judged, pinned and watched.

A name is looked up once, all answers are judged, and the connection goes to one of those very
addresses, so a second, different answer (DNS rebinding) is never asked for. The name stays in
the URL: Host, SNI and the certificate check work as usual. Redirects, proxies, cookies and
netrc live in ``requests.Session``, which is not used.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address
from types import TracebackType
from typing import Final, Self

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from feedback_service.delivery.outbound.lookup import Lookups, Resolve, system_addresses
from feedback_service.delivery.outbound.watchdog import Watch, Watchdog
from feedback_service.domain.alerting.addresses import (
    Address,
    OutboundPolicy,
    WebhookTarget,
    known_addresses,
    permitted,
)
from feedback_service.domain.errors import AddressBlocked

# DNS has this much of the attempt's time at most: it answers in milliseconds or not at all.
LOOKUP_LIMIT_S: Final = 5.0
# Addresses of one name to try, so that many dead ones cannot use up file descriptors and time.
ADDRESSES_TRIED: Final = 4
REPLY_BYTES: Final = 65_536
_READ_BYTES: Final = 8_192

Dial = Callable[[], socket.socket]


class DeadlinePassed(Exception):
    """The attempt used up its time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver said. body: raw, as much of it as came, at most 64 kB."""

    status: int
    retry_after: str | None
    encoding: str
    body: bytes


class Guard:
    """Opens the connections of outgoing webhooks; one per process, used by all its senders.

    Build it after fork: it owns threads. ca_file: trust only these authorities, instead of the
    system's and certifi's. resolve: how names become addresses.
    """

    def __init__(self, ca_file: str | None = None, resolve: Resolve = system_addresses) -> None:
        # urllib3 logs URLs, which may be secrets, and bytes of replies it cannot parse.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._ca_file = ca_file
        self._lookups = Lookups(resolve)
        self._watchdog = Watchdog()
        self._tls: ssl.SSLContext | None = None
        self._tls_lock = threading.Lock()

    def exchange(
        self,
        target: WebhookTarget,
        request: PreparedRequest,
        policy: OutboundPolicy,
        deadline_s: float,
    ) -> Reply:
        """Send one request and read the reply, within deadline_s seconds in all.

        The status line decides: a reply that breaks off, drips or goes on after it is cut, since
        its body is only kept for people to read.
        Raises AddressBlocked, LookupFailed, DeadlinePassed, and requests' own SSLError, Timeout
        and ConnectionError.
        """
        with self._watchdog.watch(deadline_s) as watch:
            try:
                return self._exchange(target, request, policy, watch)
            except RequestException as error:
                if watch.expired:
                    raise DeadlinePassed from error
                raise

    def close(self) -> None:
        """Stop the threads."""
        self._watchdog.close()
        self._lookups.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _exchange(
        self, target: WebhookTarget, request: PreparedRequest, policy: OutboundPolicy, watch: Watch
    ) -> Reply:
        pool = self._pool(target, partial(self._dial, target, policy, watch))
        adapter = _PinnedAdapter(pool)
        # Each step may take all the time that is left; the watchdog counts them together.
        with (
            closing(pool),
            closing(adapter),
            adapter.send(request, stream=True, timeout=watch.left_s or 0.001) as response,
        ):
            if watch.expired:
                # A header block cut by the watchdog looks like a complete one.
                raise DeadlinePassed
            return Reply(
                response.status_code,
                response.headers.get("Retry-After"),
                response.headers.get("Content-Encoding", "identity"),
                _read(response),
            )

    def _pool(self, target: WebhookTarget, dial: Dial) -> HTTPConnectionPool:
        host = f"[{target.host}]" if ":" in target.host else target.host
        if target.scheme == "https":
            secure = _PinnedHTTPSPool(host, target.port, ssl_context=self._tls_context())
            secure.dial = dial
            return secure
        plain = _PinnedHTTPPool(host, target.port)
        plain.dial = dial
        return plain

    def _tls_context(self) -> ssl.SSLContext:
        with self._tls_lock:
            if self._tls is None:
                # Reading the authorities takes longer than a whole attempt, so it is done once.
                self._tls = ssl.create_default_context(cafile=self._ca_file)
                if self._ca_file is None:
                    # Slim images have no system store; intranet authorities are only in there.
                    self._tls.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
            return self._tls

    def _dial(self, target: WebhookTarget, policy: OutboundPolicy, watch: Watch) -> socket.socket:
        """Connect to an address of the target that the policy permits.

        Raises AddressBlocked, LookupFailed, DeadlinePassed, OSError.
        """
        answers = known_addresses(target.host) or self._lookups.addresses(
            target.host, target.port, min(LOOKUP_LIMIT_S, watch.left_s)
        )
        addresses = permitted(target, answers, policy)[:ADDRESSES_TRIED]
        for waiting in range(len(addresses), 1, -1):
            try:
                return _connect(addresses[-waiting], target.port, watch, watch.left_s / waiting)
            except OSError:
                continue  # the next address of the name; the last one's error is the one told
        try:
            return _connect(addresses[-1], target.port, watch, watch.left_s)
        except TimeoutError as error:
            raise DeadlinePassed from error


def _connect(address: Address, port: int, watch: Watch, limit_s: float) -> socket.socket:
    """Connect to this very address. Raises OSError, AddressBlocked, DeadlinePassed."""
    if limit_s <= 0:
        raise DeadlinePassed
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(limit_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect((str(address), port))
        _check_peer(connection, address, port)
        watch.attach(connection)
        connection.settimeout(max(watch.left_s, 0.001))
    except BaseException:
        connection.close()
        raise
    return connection


def _check_peer(connection: socket.socket, address: Address, port: int) -> None:
    peer = connection.getpeername()
    if (ip_address(peer[0]), peer[1]) != (address, port):
        raise AddressBlocked("the connection led to another address")


def _read(response: Response) -> bytes:
    """Return the start of the body as sent, not decompressed."""
    body = bytearray()
    try:
        while len(body) < REPLY_BYTES:
            piece = response.raw.read1(
                min(_READ_BYTES, REPLY_BYTES - len(body)), decode_content=False
            )
            if not piece:
                break
            body += piece
    except (HTTPError, OSError):
        # Broken off after the status line: what came is kept, the status has decided.
        return bytes(body)
    return bytes(body)


class _PinnedHTTP(HTTPConnection):
    dial: Dial

    def _new_conn(self) -> socket.socket:
        return self.dial()


class _PinnedHTTPS(HTTPSConnection):
    dial: Dial

    def _new_conn(self) -> socket.socket:
        return self.dial()


class _PinnedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PinnedHTTP
    dial: Dial

    def _new_conn(self) -> HTTPConnection:
        connection = super()._new_conn()
        assert isinstance(connection, _PinnedHTTP)
        connection.dial = self.dial
        return connection


class _PinnedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedHTTPS
    dial: Dial

    def _new_conn(self) -> HTTPSConnection:
        connection = super()._new_conn()
        assert isinstance(connection, _PinnedHTTPS)
        connection.dial = self.dial
        return connection


class _PinnedAdapter(HTTPAdapter):
    """Sends through one given pool, whatever the environment says."""

    def __init__(self, pool: HTTPConnectionPool) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._pool = pool

    def get_connection_with_tls_context(self, *_: object, **__: object) -> HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: object, **__: object) -> None:
        """Do nothing: the pool has its TLS context, which verifies."""
