"""Hostile bodies: each stores nothing, is told why, and costs its token nothing."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey, rows
from tests.web.calling import answer_with, fresh_token, is_problem


def send(client: FlaskClient, body: bytes, content_type: str = "application/json") -> TestResponse:
    return client.post("/v1/responses", data=body, content_type=content_type)


@pytest.fixture
def token(service: Service) -> str:
    return fresh_token(service, make_survey(service, make_project(service)))


def stores_nothing_and_goes_on(client: FlaskClient, service: Service, token: str) -> None:
    assert rows(service, schema.responses) == []
    assert rows(service, schema.deliveries) == []
    assert answer_with(client, token, score=9).status_code == 201


@pytest.mark.parametrize(
    ("members", "code"),
    [
        pytest.param({"score": 11}, "score-out-of-range", id="above the scale"),
        pytest.param({"score": -1}, "score-out-of-range", id="below the scale"),
        pytest.param({"score": 10**19}, "score-out-of-range", id="larger than the database's"),
        pytest.param({"score": 9.5}, "invalid-request", id="a fraction"),
        pytest.param({"score": "9"}, "invalid-request", id="a string"),
        pytest.param({"score": True}, "invalid-request", id="a boolean"),
        pytest.param({"score": [9]}, "invalid-request", id="a list"),
        pytest.param({"score": 9, "rating": 9}, "invalid-request", id="an unknown field"),
        pytest.param({"score": 9, "complete": 1}, "invalid-request", id="complete as a number"),
        pytest.param({"score": 9, "complete": "yes"}, "invalid-request", id="complete as text"),
        pytest.param({"score": 9, "comment": 5}, "invalid-request", id="comment as a number"),
        pytest.param({"comment": "x" * 20_000}, "invalid-request", id="a comment too long"),
        pytest.param(
            {"score": 9, "context": {"ip": "1.2.3.4"}}, "invalid-request", id="unknown context"
        ),
        pytest.param({"score": 9, "token": None}, "invalid-request", id="no token"),
        pytest.param({"score": 9, "token": 5}, "invalid-request", id="a number as token"),
        pytest.param({"score": 9, "token": "x" * 5000}, "invalid-request", id="a huge token"),
    ],
)
def test_a_body_that_breaks_the_schema(
    client: FlaskClient, service: Service, token: str, members: dict[str, Any], code: str
) -> None:
    reply = client.post("/v1/responses", json={"token": token, **members})
    assert is_problem(reply, 422, code)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.json is not None
    assert reply.json["errors"][0]["pointer"].startswith("/")
    stores_nothing_and_goes_on(client, service, token)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"token": "%s", "score": 1, "score": 9}', id="a member twice"),
        pytest.param(b'{"token": "%s", "score": NaN}', id="NaN"),
        pytest.param(b'{"token": "%s", "score": -Infinity}', id="infinity"),
        pytest.param(b'{"token": "%s", "score": 1e999}', id="a float without bounds"),
        pytest.param(
            b'{"token": "%s", "answers": {"q": ' + b"[" * 1000 + b"]" * 1000 + b"}}", id="deep"
        ),
        pytest.param(b'{"token": "%s", "answers": ' + b'{"a":' * 9000, id="deep, unclosed"),
        pytest.param(b'{"token": "%s", "score": ' + b"9" * 5000 + b"}", id="5000 digits"),
        pytest.param(b'{"token": "%s", "comment": "a\\u0000b"}', id="NUL"),
        pytest.param(b'{"token": "%s", "comment": "a\x00b"}', id="raw NUL"),
        pytest.param(b'{"token": "%s", "comment": "\\ud83d"}', id="a lone high surrogate"),
        pytest.param(b'{"token": "%s", "comment": "\\uDE80"}', id="a lone low surrogate"),
        pytest.param(b'{"token": "%s", "context": {"traits": {"\\u0000": "x"}}}', id="NUL in key"),
        pytest.param(b'{"token": "%s", "comment": "\xff"}', id="no UTF-8"),
        pytest.param(b'{"token": "%s", "comment": "\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"token": "%s", "score": 9}', id="a byte order mark"),
        pytest.param(b'{"token": "%s", "score": 9} x', id="more after the end"),
        pytest.param(b'{"token": "%s", "score": 9,}', id="a comma too many"),
        pytest.param(b'{"token": "%s"', id="cut off"),
    ],
)
def test_a_body_that_is_no_strict_json(
    client: FlaskClient, service: Service, token: str, body: bytes
) -> None:
    reply = send(client, body.replace(b"%s", token.encode()))
    assert is_problem(reply, 400, "malformed-json")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    stores_nothing_and_goes_on(client, service, token)


def test_an_empty_body_is_malformed(client: FlaskClient, service: Service, token: str) -> None:
    assert is_problem(send(client, b""), 400, "malformed-json")
    stores_nothing_and_goes_on(client, service, token)


@pytest.mark.parametrize("body", [b"[]", b"null", b"9", b'"text"', b"true"])
def test_json_that_is_no_object(
    client: FlaskClient, service: Service, token: str, body: bytes
) -> None:
    assert is_problem(send(client, body), 422, "invalid-request")
    stores_nothing_and_goes_on(client, service, token)


def test_two_megabytes_are_too_large(client: FlaskClient, service: Service, token: str) -> None:
    body = json.dumps({"token": token, "score": 9, "comment": "x" * 2_000_000}).encode()
    reply = send(client, body)
    assert is_problem(reply, 413, "too-large")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    stores_nothing_and_goes_on(client, service, token)


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "application/xml", "text/plain; charset=utf-16", ""],
)
def test_another_content_type(
    client: FlaskClient, service: Service, token: str, content_type: str
) -> None:
    body = json.dumps({"token": token, "score": 9}).encode()
    reply = send(client, body, content_type)
    assert is_problem(reply, 415, "unsupported-media-type")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    stores_nothing_and_goes_on(client, service, token)


def test_the_token_never_stands_in_an_error(
    client: FlaskClient, service: Service, token: str
) -> None:
    for members in ({"score": 99}, {"score": 9, "nonsense": 1}):
        assert token not in answer_with(client, token, **members).get_data(as_text=True)
