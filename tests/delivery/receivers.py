"""Webhook receivers on loopback, the good and the bad: real sockets, one behaviour each."""

import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_network
from typing import Self

from feedback_service.delivery.outbound.outcome import OutboundRequest
from feedback_service.domain.alerting.addresses import OutboundPolicy

# What an operator sets to reach a receiver of tests.
LOOPBACK = OutboundPolicy(allow_nets=(ip_network("127.0.0.0/8"),), allow_http=True)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# Called with the connection once the request is read, and an event set when the test is over.
Behaviour = Callable[[socket.socket, threading.Event], None]


def post_to(url: str, body: bytes = b'{"type":"webhook.test"}', **headers: str) -> OutboundRequest:
    """Return a request as the worker would make it; header names with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return OutboundRequest(url, body, {"Content-Type": "application/json", **named})


class Receiver:
    """A server on a free loopback port; a context manager. requests: head and body of each."""

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._behaviour = behaviour
        self._tls = tls
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._socket.close()

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        # The end of the test shuts the listening socket under this call.
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]  # mypy does not infer a lambda's default

    def _serve(self, connection: socket.socket) -> None:
        # Senders hang up on bad receivers: that is what is being tested.
        with suppress(OSError), connection:
            connection.settimeout(10)
            stream = connection
            if self._tls is not None:
                stream = self._tls.wrap_socket(connection, server_side=True)
            with stream:
                self.requests.append(_read_request(stream))
                self._behaviour(stream, self._over)


def _read_request(stream: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += _more(stream)
    head = request.partition(b"\r\n\r\n")[0]
    length = head.lower().partition(b"content-length: ")[2].split()
    wanted = len(head) + 4 + (int(length[0]) if length else 0)
    while len(request) < wanted:
        request += _more(stream)
    return request


def _more(stream: socket.socket) -> bytes:
    piece = stream.recv(65_536)
    if not piece:
        raise ConnectionError("the sender hung up")
    return piece


def says(reply: bytes) -> Behaviour:
    """Answer these bytes and close."""
    return lambda stream, _: stream.sendall(reply)


def status(code: int, *headers: str, body: bytes = b"") -> Behaviour:
    """Answer this status with these header lines."""
    lines = [f"HTTP/1.1 {code} Whatever", f"Content-Length: {len(body)}", *headers]
    return says("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def hang(_: socket.socket, over: threading.Event) -> None:
    """Take the request and never answer."""
    over.wait(10)


def drip(before: bytes, byte: bytes) -> Behaviour:
    """Answer the first part at once, then one byte every 100 ms for ever."""

    def behave(stream: socket.socket, over: threading.Event) -> None:
        stream.sendall(before)
        while not over.wait(0.1):
            stream.sendall(byte)

    return behave


def reset(stream: socket.socket, _: threading.Event) -> None:
    """Answer with RST."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Flood:
    """Answer 200 with a body of 1 GB; sent: how much of it the sender let through."""

    def __init__(self) -> None:
        self.sent = 0
        self.hung_up = threading.Event()

    def __call__(self, stream: socket.socket, over: threading.Event) -> None:
        try:
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
            while self.sent < 1_073_741_824 and not over.is_set():
                self.sent += stream.send(b"x" * 65_536)
        finally:
            self.hung_up.set()


def gzip_bomb() -> Behaviour:
    """Answer 200 with 60 kB that unpack to 60 MB."""
    packed = gzip.compress(b"\0" * 60_000_000, compresslevel=9)
    return status(200, "Content-Encoding: gzip", body=packed)
