"""The endpoints of the day: a Node receiver, a Slack-shaped one, one that is down for a while."""

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook

from benchmarks.servers import free_port, wait_until_listening

ROOT: Final = Path(__file__).parents[3]
_RECIPE: Final = ROOT / "docs" / "receivers" / "receiver.mjs"
_OFFICIAL: Final = ROOT / "tests" / "delivery" / "official" / "node_modules"
_SLACK_SHAPE: Final = ROOT / "tests" / "delivery" / "formats" / "schemas" / "slack.json"
# Slack asks for patience now and then; its wish is in real seconds.
_BUSY_EVERY: Final = 40

# status, body, further headers
Answer = tuple[int, bytes, Mapping[str, str]]
Judge = Callable[[Mapping[str, str], bytes], Answer]


@dataclass(slots=True)
class Taken:
    """What an endpoint took with a 2xx, by webhook-id, and what it found wrong."""

    bytes_of: dict[str, set[str]] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, headers: Mapping[str, str], body: bytes) -> None:
        """Remember a request that was taken."""
        with self.lock:
            self.times[headers["webhook-id"]] += 1
            digest = hashlib.sha256(body).hexdigest()
            self.bytes_of.setdefault(headers["webhook-id"], set()).add(digest)


class Endpoint:
    """An HTTP receiver on a port of its own, which can be shut and opened again."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._server: ThreadingHTTPServer | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def open(self) -> None:
        """Listen."""
        judge = self._judge

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Take one request and answer as the judge says."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, text, more = judge(headers, body)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its signature
                """Say nothing."""

            def handle(self) -> None:
                """Serve a connection; its sender may be killed at any byte."""
                try:
                    super().handle()
                except ConnectionError:
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def slack(taken: Taken) -> Judge:
    """Return a judge that wants Slack's documented message and is busy now and then."""
    shape = Draft202012Validator(json.loads(_SLACK_SHAPE.read_text(encoding="utf-8")))
    asked = Counter[str]()

    def judge(headers: Mapping[str, str], body: bytes) -> Answer:
        with taken.lock:
            asked["all"] += 1
            busy = asked["all"] % _BUSY_EVERY == 0
        if busy:
            return 429, b"rate_limited", {"Retry-After": "1"}
        faults = [fault.message for fault in shape.iter_errors(json.loads(body))]
        if faults:
            taken.wrong.append(f"no Slack message: {faults[0][:200]}")
            return 400, b"invalid_payload", {}
        taken.note(headers, body)
        return 200, b"ok", {}

    return judge


def verifying(taken: Taken, secret: Callable[[], str]) -> Judge:
    """Return a judge that takes what the official library accepts."""

    def judge(headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            Webhook(secret()).verify(body, dict(headers))
        except Exception as error:  # noqa: BLE001  # whatever the library raises is its verdict
            taken.wrong.append(f"not accepted: {error}")
            return 401, b"", {}
        taken.note(headers, body)
        return 204, b"", {}

    return judge


@contextmanager
def node_receiver(folder: Path, secret: str, port: int) -> Iterator[Path]:
    """Run the recipe of docs/receivers.md with the official library; yields its log."""
    if not _OFFICIAL.is_dir():
        raise FileNotFoundError("run: make tests/delivery/official/node_modules/.package-lock.json")
    home, log = folder / "node", folder / "node.log"
    home.mkdir()
    # Node looks for packages beside the file.
    shutil.copy(_RECIPE, home)
    (home / "node_modules").symlink_to(_OFFICIAL)
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", _RECIPE.name], cwd=home, env=environment, stdout=output, stderr=output
        )
    try:
        wait_until_listening(port, process)
        yield log
    finally:
        process.terminate()
        process.wait(10)


def outage(endpoint: Endpoint, begin: float, end: float) -> threading.Thread:
    """Shut an endpoint between two moments of the monotonic clock."""

    def run() -> None:
        time.sleep(max(0.0, begin - time.monotonic()))
        endpoint.shut()
        time.sleep(max(0.0, end - time.monotonic()))
        endpoint.open()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
