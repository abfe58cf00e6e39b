"""Issuing tokens over HTTP."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Response

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey, rows
from tests.web.calling import Headers, answer_with, bearer, is_problem


@pytest.fixture
def project(service: Service) -> int:
    number = make_project(service)
    make_survey(service, number)
    return number


@pytest.fixture
def owner(service: Service, project: int) -> Headers:
    return bearer(service, project)


def issued(client: FlaskClient, owner: Headers, **members: Any) -> Any:
    reply = client.post("/v1/tokens", json={"survey": "nps", **members}, headers=owner)
    assert reply.status_code == 201, reply.get_data()
    return reply.get_json()


def test_an_issued_token_can_be_answered(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    token = issued(client, owner, respondent="anna", campaign="spring", channel="email")
    assert answer_with(client, token["token"], score=9).status_code == 201
    [stored] = rows(service, schema.responses)
    assert (stored["token_id"], stored["respondent"]) == (token["token_id"], "anna")
    assert stored["channel"] == "email"


def test_the_links_lead_to_pages(client: FlaskClient, owner: Headers) -> None:
    token = issued(client, owner, respondent="anna")
    for url in (token["url"], token["unsubscribe_url"]):
        assert url.startswith("http://localhost/")
        assert client.get(url.removeprefix("http://localhost")).status_code == 200
    assert issued(client, owner)["unsubscribe_url"] is None


def test_under_a_prefix_the_links_carry_it(app: Flask, owner: Headers) -> None:
    host = Client(DispatcherMiddleware(Response("host", 404), {"/feedback": app.wsgi_app}))
    reply = host.post("/feedback/v1/tokens", json={"survey": "nps"}, headers=owner)
    url = reply.get_json()["url"]
    assert url.startswith("http://localhost/feedback/")
    assert "/feedback/feedback/" not in url
    page = host.get(url.removeprefix("http://localhost"))
    assert page.status_code == 200
    assert 'action="/feedback/' in page.get_data(as_text=True)


def test_a_test_key_makes_test_answers(client: FlaskClient, service: Service, project: int) -> None:
    token = issued(client, bearer(service, project, test=True))
    answer_with(client, token["token"], score=9)
    assert rows(service, schema.responses)[0]["test"]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"expires_in": 0}, id="no lifetime"),
        pytest.param({"expires_in": -5}, id="a lifetime below nothing"),
        pytest.param({"expires_in": 10**12}, id="a lifetime of ages"),
        pytest.param({"expires_in": 10**19}, id="a lifetime no calendar holds"),
        pytest.param({"expires_in": "60"}, id="a lifetime as text"),
        pytest.param({"channel": "pigeon"}, id="an unknown channel"),
        pytest.param({"test": 1}, id="test as a number"),
        pytest.param({"traits": {"a": 5}}, id="a trait that is no text"),
        pytest.param({"mail": "x"}, id="an unknown field"),
        pytest.param({"survey": 5}, id="a survey that is no text"),
    ],
)
def test_a_faulty_wish_is_refused(
    client: FlaskClient, owner: Headers, members: dict[str, Any]
) -> None:
    reply = client.post("/v1/tokens", json={"survey": "nps", **members}, headers=owner)
    assert reply.status_code == 422
    assert reply.content_type == "application/problem+json"


def test_an_unknown_survey_has_no_tokens(client: FlaskClient, owner: Headers) -> None:
    reply = client.post("/v1/tokens", json={"survey": "none"}, headers=owner)
    assert is_problem(reply, 404, "not-found")


def test_a_paused_survey_has_no_tokens(
    client: FlaskClient, service: Service, project: int, owner: Headers
) -> None:
    make_survey(service, project, status="paused")
    reply = client.post("/v1/tokens", json={"survey": "nps"}, headers=owner)
    assert is_problem(reply, 410, "survey-closed")
