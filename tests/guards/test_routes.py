"""Every route says who may call it, asks them for it, and has a limit."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from limits.strategies import FixedWindowRateLimiter
from werkzeug.routing import Rule

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.domain.access.keys import SCOPES, new_key
from feedback_service.web import limits
from feedback_service.web.audiences import AUDIENCES
from tests.engines import Sqlite
from tests.factories import SECRET_KEYS

# Files of the page and of the reference that Flask serves by itself: the same for everybody.
STATIC = ".static"


@pytest.fixture
def app(sqlite: Sqlite, tmp_path: Path) -> Iterator[Flask]:
    """The app on one engine: its routes are the same on both."""
    made = create_app(Settings(sqlite.migrated(), tmp_path, SECRET_KEYS))
    yield made
    made.extensions["feedback"].database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Return every route with its audience; static files have none."""
    return [
        (rule, getattr(app.view_functions[rule.endpoint], "audience", "nobody"))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith(STATIC)
    ]


def calls(rule: Rule) -> list[tuple[str, str]]:
    """Return (method, path) of a route with something in every hole."""
    path = re.sub(r"<[^>]+>", "x", rule.rule)
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return [(method, path) for method in methods]


def test_every_route_has_an_audience(app: Flask) -> None:
    unmarked = {rule.rule: who for rule, who in routes(app) if who not in AUDIENCES}
    assert unmarked == {}
    assert len(routes(app)) > 20


def test_a_route_of_the_server_api_asks_for_a_scope_that_exists(app: Flask) -> None:
    scopes = {
        rule.rule: getattr(app.view_functions[rule.endpoint], "scope", None)
        for rule, who in routes(app)
        if who == "server"
    }
    assert set(scopes.values()) <= set(SCOPES)


def test_the_server_api_answers_nobody_without_a_key(app: Flask, client: FlaskClient) -> None:
    for rule, who in routes(app):
        for method, path in calls(rule) if who == "server" else []:
            for headers in ({}, {"Authorization": f"Bearer {new_key('secret')}"}):
                reply = client.open(path, method=method, headers=headers)
                assert reply.status_code == 401, (method, path)
                assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_only_the_server_api_and_the_public_routes_are_under_v1(app: Flask) -> None:
    assert {who for rule, who in routes(app) if rule.rule.startswith("/v1/")} == {
        "server",
        "public",
    }


def test_whoever_has_used_up_the_limit_is_refused_everywhere(
    app: Flask, client: FlaskClient
) -> None:
    """All but the probes, which must answer when everything else is in trouble."""
    limiter = app.extensions["feedback_limiter"]
    assert isinstance(limiter, FixedWindowRateLimiter)
    address = "127.0.0.1"
    limiter.hit(limits.PUBLIC, "public", address, cost=limits.PUBLIC.amount)
    with app.test_request_context():
        g.started_s = time.time()
        for what in ("token", "key"):
            limiter.hit(limits.FAILURES, what, address, cost=limits.FAILURES.amount)
            with pytest.raises(limits.TooManyRequests):
                limits.spend(limits.FAILURES, what, address)
    key = {"Authorization": f"Bearer {new_key('secret')}"}
    for rule, who in routes(app):
        for method, path in calls(rule) if who != "operator" else []:
            reply = client.open(path, method=method, headers=key)
            assert reply.status_code == 429, (method, path)
            assert int(reply.headers["Retry-After"]) >= 1
    assert client.get("/healthz").status_code == 200
