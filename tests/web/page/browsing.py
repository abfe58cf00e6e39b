"""What a person does with a survey page, and what they see of it."""

import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback_service.usecases.service import Service
from feedback_service.web import limits
from feedback_service.web.page.nonce import page_nonce
from feedback_service.web.page.views import blueprint


def page_app(service: Service) -> Flask:
    """Return the page alone, as any app mounts it."""
    app = Flask("page_alone", static_folder=None)
    app.extensions["feedback"] = service
    limits.install(app, None)

    @app.before_request
    def started() -> None:
        g.started_s = time.time()

    app.register_blueprint(blueprint)
    return app


class Seen(HTMLParser):
    """A page as read: its words, form fields and the attributes of its elements.

    fields: what a submit would send, without buttons. scores: the values of the radio group.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.fields: dict[str, str] = {}
        self.scores: list[str] = []
        self.labels: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._textarea: str | None = None
        self.feed(html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = dict(attrs)
        self.elements.append((tag, had))
        name = had.get("name")
        if tag == "textarea" and name:
            self._textarea = name
            self.fields[name] = ""
        if tag != "input" or not name:
            return
        if had.get("type") == "radio" and name == "score":
            self.scores.append(had["value"] or "")
            self.labels.append(had["aria-label"] or "")
        if had.get("type") in {"radio", "checkbox"} and "checked" not in had:
            return
        self.fields[name] = had.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # A browser drops the one line break after the opening tag.
            self.fields[self._textarea] += data.removeprefix("\n")
        self.words += data

    def first(self, tag: str) -> dict[str, str | None]:
        return next(had for name, had in self.elements if name == tag)


def seen(reply: TestResponse) -> Seen:
    return Seen(reply.get_data(as_text=True))


def open_page(client: FlaskClient, path: str, **more: Any) -> Seen:
    """Open a page that must be there."""
    reply = client.get(path, **more)
    assert reply.status_code == 200
    return seen(reply)


def send(client: FlaskClient, path: str, after_s: float = 2, **fields: Any) -> TestResponse:
    """Open a page and send its form by hand, with some fields filled in; follows no redirect.

    after_s: how long a person took to read it; their page was made so long ago.
    """
    page = open_page(client, path)
    bare = path.partition("?")[0]
    nonce = made_ago(client, bare.rpartition("/")[2], after_s)
    return client.post(bare, data={**page.fields, "nonce": nonce, "by": "hand", **fields})


def made_ago(client: FlaskClient, token: str, seconds: float) -> str:
    """Return the nonce of a token's page that was made some time ago."""
    signer = client.application.extensions["feedback"].signer
    return page_nonce(signer, token, datetime.now(UTC) - timedelta(seconds=seconds))
