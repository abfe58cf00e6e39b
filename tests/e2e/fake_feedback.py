"""A service of a few lines that speaks the widget's contract and remembers what it was told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.locales.wording import best_locale
from feedback_service.usecases.setup.configure_survey import definition_of
from feedback_service.web.widget import asked
from feedback_service.web.widget.rules import rule
from tests.e2e.fake_surveys import Json, nps

STATIC = Path(__file__).parents[2] / "feedback_service/web/widget/static"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SHOP = Project(id=1, slug="shop", name="Shop", timezone="UTC", origins=(), created_at=LONG_AGO)


@dataclass
class FakeFeedback:
    """What the service says, set by a test, and what it heard, read by a test.

    surveys: as their owners wrote them, each with its key. Rules and words are made of them by the
    service's own code. token_status, save_status: what the two POSTs answer; 0 drops the line
    without a word.
    origins: the Origin header of each POST. own_page: the HTML served at /own-page.
    """

    url: str = ""
    surveys: list[Json] = field(default_factory=lambda: [nps()])
    token_status: int = 201
    save_status: int = 201
    configs: list[dict[str, str]] = field(default_factory=list)
    tokens: list[Json] = field(default_factory=list)
    saves: list[Json] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    origins: list[str | None] = field(default_factory=list)
    own_page: str = ""

    def rules(self) -> Json:
        return {"surveys": [rule(survey) for survey in self._surveys()]}

    def config(self, query: dict[str, str]) -> Json:
        wanted = [survey for survey in self._surveys() if survey.key == query["survey"]]
        return asked.config(SHOP, wanted, best_locale([query["locale"]]))

    def _surveys(self) -> list[Survey]:
        return [
            Survey(
                id=number,
                version_id=number,
                project_id=1,
                key=document["key"],
                version=1,
                status="active",
                definition=definition_of(document),
                created_at=LONG_AGO,
                updated_at=LONG_AGO,
            )
            for number, document in enumerate(self.surveys, start=1)
        ]

    def token(self, request: Json) -> tuple[int, Json]:
        status = self.token_status  # before the test can see the request and change its mind
        self.tokens.append(request)
        token = f"token-{len(self.tokens)}"
        return status, {"token": token, "survey": request["survey"], "version": 1}

    def save(self, answer: Json) -> tuple[int, Json]:
        status = self.save_status
        self.saves.append(answer)
        score = answer.get("score")
        band = None if score is None else "promoter" if score >= 9 else "detractor"
        return status, {"id": "r1", "score": score, "band": band}


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        fake = self.server.fake
        address = urlsplit(self.path)
        fake.paths.append(f"GET {address.path}")
        file = address.path.rpartition("/")[2]
        if file in {"widget.js", "panel.js"}:
            self._reply(200, (STATIC / file).read_bytes(), "text/javascript;charset=UTF-8")
        elif address.path.endswith("/v1/widget/rules"):
            self._reply_json(200, fake.rules())
        elif address.path.endswith("/v1/widget"):
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            fake.configs.append(query)
            self._reply_json(200, fake.config(query))
        elif address.path == "/own-page":
            self._reply(200, fake.own_page.encode(), "text/html;charset=UTF-8")
        else:
            self._reply(404, b"", "text/plain")

    def do_OPTIONS(self) -> None:
        self.server.fake.paths.append(f"OPTIONS {self.path}")
        self._reply(204, b"", "text/plain")

    def do_POST(self) -> None:
        fake = self.server.fake
        fake.paths.append(f"POST {self.path}")
        fake.origins.append(self.headers["Origin"])
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_token = self.path.endswith("/v1/widget/tokens")
        status, reply = fake.token(body) if is_token else fake.save(body)
        if status == 0:
            self.close_connection = True
        else:
            self._reply_json(status, reply)

    def _reply_json(self, status: int, reply: Any) -> None:
        self._reply(status, json.dumps(reply).encode(), "application/json")

    def _reply(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
        self.send_header("Access-Control-Allow-Headers", "content-type")
        self.send_header("Vary", "Origin")
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Stay silent: the test reads the lists instead."""


class _Server(ThreadingHTTPServer):
    fake: FakeFeedback


@contextmanager
def running_fake() -> Iterator[FakeFeedback]:
    """Run a fake service on a free loopback port for the length of a with block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.fake = FakeFeedback(url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.fake
        finally:
            server.shutdown()
            thread.join()
