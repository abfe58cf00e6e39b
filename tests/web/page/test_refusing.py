"""Links that cannot be answered: a friendly page each, and strangers learn nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.domain.surveys import SurveyStatus
from feedback_service.storage import schema
from feedback_service.usecases.service import Service, open_service
from feedback_service.web.page.nonce import page_nonce
from tests.factories import (
    SECRET_KEYS,
    link_token,
    make_project,
    make_survey,
    revoke,
    rows,
    widget_token,
)
from tests.web.page.browsing import open_page, page_app, seen


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def token(service: Service) -> str:
    survey = make_survey(service, make_project(service, "acme"))
    return link_token(service, survey, now=now(), campaign="spring")


def both(client: FlaskClient, token: str) -> list[TestResponse]:
    return [client.get(f"/s/{token}"), client.post(f"/s/{token}", data={"score": "9"})]


def test_every_token_we_cannot_know_gets_the_same_page(
    client: FlaskClient, service: Service, token: str
) -> None:
    unknown = [
        "x",
        token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        token + "A",
        "a.b.c",
        "%00",
        "%F0%9F%99%82",
        page_nonce(service.signer, token, now()),
        "x" * 5000,
    ]
    bodies = set()
    for text in unknown:
        for reply in both(client, text):
            assert reply.status_code == 404
            bodies.add(reply.data)
    assert len(bodies) == 1
    assert "We do not know this link" in bodies.pop().decode()


def test_an_expired_link_says_so(client: FlaskClient, service: Service, token: str) -> None:
    assert token
    survey = make_survey(service, 1)
    old = link_token(service, survey, now=now() - timedelta(days=3), lifetime=timedelta(days=1))
    for reply in both(client, old):
        assert reply.status_code == 410
        assert "This link is no longer valid" in seen(reply).words


def test_a_withdrawn_link_says_so(client: FlaskClient, service: Service, token: str) -> None:
    revoke(service, 1, "campaign", "spring")
    for reply in both(client, token):
        assert reply.status_code == 410
        assert "This link is no longer valid" in seen(reply).words


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_a_closed_survey_says_so(
    client: FlaskClient, service: Service, token: str, status: SurveyStatus
) -> None:
    make_survey(service, 1, status=status)
    for reply in both(client, token):
        assert reply.status_code == 410
        assert "This survey is closed" in seen(reply).words


def test_a_form_of_another_site_counts_for_nothing_until_it_is_confirmed(
    client: FlaskClient, service: Service, token: str
) -> None:
    other = link_token(service, make_survey(service, 1), now=now())
    for nonce in ("", "x", token, page_nonce(service.signer, other, now())):
        reply = client.post(f"/s/{token}", data={"score": "9", "nonce": nonce, "by": "hand"})
        assert reply.status_code == 303
        assert "Please confirm your answer" in open_page(client, reply.location).words
    (row,) = rows(service, schema.responses)
    assert row["unconfirmed"] == "no-page"


def test_a_widget_token_may_be_answered_on_the_page_too(
    client: FlaskClient, service: Service, token: str
) -> None:
    assert token
    shown = widget_token(service, make_survey(service, 1), now=now())
    assert "How likely" in open_page(client, f"/s/{shown}").words


def test_a_database_that_is_away_asks_for_patience() -> None:
    nobody_listens = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    client = page_app(open_service(nobody_listens, SECRET_KEYS, OutboundPolicy())).test_client()
    for reply in both(client, "any-token"):
        assert reply.status_code == 503
        assert int(reply.headers["Retry-After"]) > 0
        assert "We cannot save anything right now" in seen(reply).words


def test_every_page_keeps_to_itself(client: FlaskClient, token: str) -> None:
    replies = [
        *both(client, token),
        *both(client, "unknown"),
        client.get(f"/u/{token}"),
        client.head(f"/s/{token}"),
    ]
    for reply in replies:
        headers = reply.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers
        assert "http" not in reply.get_data(as_text=True)


def test_the_page_is_light_and_needs_one_request(client: FlaskClient, token: str) -> None:
    reply = client.get(f"/s/{token}?score=9")
    loaded = [
        had
        for tag, had in seen(reply).elements
        if tag in {"link", "script", "img"} and (had.get("href") or had.get("src")) != "data:,"
    ]
    assert loaded == [{}], "one script, inside the page"
    assert len(reply.data) < 15_000


def test_a_mounted_page_stays_under_its_prefix(app: Flask, token: str) -> None:
    mounted = Client(DispatcherMiddleware(Flask("host"), {"/feedback": app}))
    reply = mounted.get(f"/feedback/s/{token}?locale=de")
    page = seen(reply)
    assert page.first("form")["action"] == f"/feedback/s/{token}?locale=de"
    trap = next(had["href"] for tag, had in page.elements if tag == "a")
    assert str(trap).startswith(f"/feedback/s/{token}/")
    done = mounted.post(str(page.first("form")["action"]), data={**page.fields, "score": "9"})
    assert (done.status_code, done.location) == (303, f"/feedback/s/{token}?locale=de")
