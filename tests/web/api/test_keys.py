"""Who may call the server API."""

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.issue_key import revoke_key
from feedback_service.web.clock import now
from tests.factories import make_project, rows
from tests.web.calling import bearer, is_problem, site_key


@pytest.mark.parametrize("given", [None, "", "Basic YTpi", "Bearer", "Bearer "])
def test_without_a_key_nothing_is_told(
    client: FlaskClient, service: Service, given: str | None
) -> None:
    headers = {} if given is None else {"Authorization": given}
    reply = client.get("/v1/surveys", headers=headers)
    assert is_problem(reply, 401, "unauthorized")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_mistyped_key_is_refused(client: FlaskClient, service: Service) -> None:
    good = bearer(service, make_project(service))["Authorization"]
    mistyped = good[:20] + ("a" if good[20] != "a" else "b") + good[21:]
    for wrong in (mistyped, good + "x", good[:-1], "Bearer fbk_live_", "Bearer \xfc"):
        reply = client.get("/v1/surveys", headers={"Authorization": wrong})
        assert is_problem(reply, 401, "key-invalid")
        assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_site_key_is_public_and_opens_nothing(client: FlaskClient, service: Service) -> None:
    headers = {"Authorization": f"Bearer {site_key(service, make_project(service))}"}
    assert is_problem(client.get("/v1/surveys", headers=headers), 401, "key-invalid")


def test_a_withdrawn_key_stops_at_once(client: FlaskClient, service: Service) -> None:
    project = make_project(service)
    headers = bearer(service, project)
    assert client.get("/v1/surveys", headers=headers).status_code == 200
    revoke_key(service, project, str(rows(service, schema.api_keys)[0]["id"]), now())
    assert is_problem(client.get("/v1/surveys", headers=headers), 401, "key-invalid")


def test_a_key_does_only_what_its_scopes_allow(client: FlaskClient, service: Service) -> None:
    reader = bearer(service, make_project(service), "surveys:read")
    assert client.get("/v1/surveys", headers=reader).status_code == 200
    writing = client.put("/v1/surveys/nps", json={"metric": "nps"}, headers=reader)
    assert is_problem(writing, 403, "scope-missing")
    assert "surveys:write" in writing.get_json()["detail"]
    assert rows(service, schema.surveys) == []
    for path in ("/v1/responses", "/v1/webhooks", "/v1/deliveries", "/v1/respondents/anna"):
        assert is_problem(client.get(path, headers=reader), 403, "scope-missing")


def test_the_scheme_is_read_in_any_case(client: FlaskClient, service: Service) -> None:
    text = bearer(service, make_project(service))["Authorization"].removeprefix("Bearer ")
    reply = client.get("/v1/surveys", headers={"Authorization": f"bearer {text}"})
    assert reply.status_code == 200
