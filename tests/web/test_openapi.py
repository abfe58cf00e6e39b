"""The API's description, and errors in one shape."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from feedback_service.usecases.service import Service
from tests.factories import make_project
from tests.web.calling import bearer, is_problem


def test_it_is_valid_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_call_is_described(app: Flask, client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    described = {
        (method.upper(), path)
        for path, operations in paths.items()
        for method in operations
        if method != "parameters"
    }
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert described == routed


def test_server_calls_and_only_they_need_the_key(app: Flask, client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    assert paths["/v1/tokens"]["post"]["security"] == [{"secretKey": []}]
    assert "security" not in paths["/v1/responses"]["post"]
    assert "security" in paths["/v1/responses"]["get"]


def test_a_person_can_read_it(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    words = page.get_data(as_text=True)
    assert "/v1/responses" in words
    assert "<script" not in words


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "no-such-path"),
        ("GET", "/nothing", 404, "no-such-path"),
        ("DELETE", "/v1/tokens", 405, "method-not-allowed"),
        ("PUT", "/healthz", 405, "method-not-allowed"),
        ("GET", "/v1/tokens", 405, "method-not-allowed"),
    ],
)
def test_an_unknown_path_or_method_is_a_problem_too(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    reply = client.open(path, method=method)
    assert is_problem(reply, status, code)
    assert reply.headers["X-Request-Id"] == reply.get_json()["request_id"]
    assert ("Allow" in reply.headers) == (status == 405)


def test_a_wrong_query_is_a_problem(client: FlaskClient, service: Service) -> None:
    headers = bearer(service, make_project(service))
    for query in ("limit=0", "limit=x", "limit=201", "cursor=abc", "since=today", "nonsense=1"):
        reply = client.get(f"/v1/responses?{query}", headers=headers)
        assert reply.status_code == 422, query
        assert reply.content_type == "application/problem+json"
