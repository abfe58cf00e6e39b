"""The two ends of the kill drill: people who answer, and a receiver that hears of the unhappy."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from benchmarks.stage import SCORES, Stage

PEOPLE: Final = 8
_PAUSE_S: Final = 0.02
_DETRACTOR: Final = 6  # and everything below


@dataclass(slots=True)
class Heard:
    """What was acknowledged and what was told, by response id. Filled by several threads.

    acknowledged: id -> score of every 201. told: id -> how often the receiver heard of it.
    acknowledged_at, told_at: when, on the monotonic clock; the first time for what was told again.
    cut_off: answers whose acknowledgement never came; they may be stored or not.
    """

    acknowledged: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    acknowledged_at: dict[str, float] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    cut_off: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def low(self) -> set[str]:
        """Return the acknowledged responses that a webhook must tell of."""
        with self.lock:
            return {id_ for id_, score in self.acknowledged.items() if score <= _DETRACTOR}

    def untold(self) -> set[str]:
        """Return the low ones the receiver has not heard of."""
        low = self.low()
        with self.lock:
            return low - self.told.keys()


@contextmanager
def receiver(heard: Heard) -> Iterator[str]:
    """Run the webhook receiver on loopback; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Note the response and say 200."""
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told = document["data"]["response"]["id"]
            with heard.lock:
                heard.told[told] = heard.told.get(told, 0) + 1
                heard.told_at.setdefault(told, time.monotonic())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its signature
            """Say nothing."""

        def handle(self) -> None:
            """Serve a connection; its sender may be killed at any byte."""
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.1,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def people(stage: Stage, port: int, heard: Heard) -> Iterator[None]:
    """Let people answer for as long as the block runs, each with a token of its own."""
    over = threading.Event()
    threads = [
        threading.Thread(target=_answer, args=(stage, port, heard, over, number))
        for number in range(PEOPLE)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


class _Whole(HTTPConnection):
    """Sends head and body in one piece, as proxies do."""

    def send(self, data: Any) -> None:
        """Keep a piece until the reply is asked for."""
        self._pieces = [*getattr(self, "_pieces", ()), data]

    def getresponse(self) -> HTTPResponse:
        """Send what was kept, and read the reply."""
        pieces, self._pieces = self._pieces, []
        super().send(b"".join(pieces))
        return super().getresponse()


def _answer(stage: Stage, port: int, heard: Heard, over: threading.Event, seed: int) -> None:
    rng = random.Random(seed)
    # A worker's desk takes what comes whole, its threads what comes in pieces: half of each.
    kind = _Whole if seed % 2 else HTTPConnection
    connection = kind("127.0.0.1", port, timeout=30)
    while not over.wait(_PAUSE_S):
        (token,) = stage.tokens(1)
        score = rng.choice(SCORES)
        body = json.dumps({"token": token, "score": score})
        try:
            connection.request("POST", "/v1/responses", body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            document = json.loads(reply.read())
        except ConnectionRefusedError:
            connection.close()
            continue  # nobody listens, so nothing was sent
        except (OSError, HTTPException, ValueError):
            connection.close()
            with heard.lock:
                heard.cut_off += 1
            continue
        if reply.status == 201:
            with heard.lock:
                heard.acknowledged[document["id"]] = score
                heard.acknowledged_at[document["id"]] = time.monotonic()
