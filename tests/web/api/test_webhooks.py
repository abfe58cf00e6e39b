"""Webhooks and their deliveries over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey, rows
from tests.web.calling import Headers, answer_with, bearer, fresh_token, is_problem

WEBHOOK = {"url": "http://127.0.0.1:9/hook", "events": ["response.scored"]}
LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


@pytest.fixture
def owner(service: Service, survey: Survey) -> Headers:
    return bearer(service, survey.project_id)


@pytest.fixture
def path(client: FlaskClient, owner: Headers) -> str:
    """Where the one webhook is found."""
    added = client.post("/v1/webhooks", json=WEBHOOK, headers=owner)
    return f"/v1/webhooks/{added.get_json()['id']}"


def test_the_secret_is_shown_when_it_is_made_and_never_again(
    client: FlaskClient, owner: Headers, service: Service
) -> None:
    added = client.post(
        "/v1/webhooks", json={**WEBHOOK, "headers": {"X-Key": "hush-hush"}}, headers=owner
    )
    assert added.status_code == 201
    secret = added.get_json()["secret"]
    assert secret.startswith("whsec_")
    path = f"/v1/webhooks/{added.get_json()['id']}"
    for shown in (client.get(path, headers=owner), client.get("/v1/webhooks", headers=owner)):
        assert secret not in shown.get_data(as_text=True)
        assert "hush-hush" not in shown.get_data(as_text=True)
    assert secret not in str(rows(service, schema.webhooks))


def test_a_webhook_is_changed_in_what_is_named(
    client: FlaskClient, owner: Headers, path: str
) -> None:
    changed = client.patch(path, json={"description": "CRM"}, headers=owner).get_json()
    assert (changed["description"], changed["url"]) == ("CRM", WEBHOOK["url"])
    assert client.patch(path, json={"status": "paused"}, headers=owner).status_code == 200
    assert client.get(path, headers=owner).get_json()["status"] == "paused"


def test_a_deleted_webhook_is_gone(client: FlaskClient, owner: Headers, path: str) -> None:
    deleted = client.delete(path, headers=owner)
    assert (deleted.status_code, deleted.get_data()) == (204, b"")
    assert is_problem(client.get(path, headers=owner), 404, "not-found")
    assert is_problem(client.delete(path, headers=owner), 404, "not-found")


def test_a_test_event_waits_in_the_outbox(client: FlaskClient, owner: Headers, path: str) -> None:
    queued = client.post(f"{path}/test", headers=owner)
    assert queued.status_code == 202
    shown = client.get(f"/v1/deliveries/{queued.get_json()['delivery']}", headers=owner).get_json()
    assert (shown["type"], shown["status"], shown["attempts"]) == ("webhook.test", "pending", [])


def test_rotating_gives_another_secret(client: FlaskClient, owner: Headers, path: str) -> None:
    secrets = {
        client.post(f"{path}/rotate-secret", json={"overlap_s": 60}, headers=owner).get_json()[
            "secret"
        ]
        for _ in range(2)
    }
    assert len(secrets) == 2
    assert all(secret.startswith("whsec_") for secret in secrets)


@pytest.mark.parametrize("overlap_s", [-1, 10**9, 10**19, "60", 1.5, True])
def test_an_overlap_is_a_week_at_most(
    client: FlaskClient, owner: Headers, path: str, overlap_s: Any
) -> None:
    reply = client.post(f"{path}/rotate-secret", json={"overlap_s": overlap_s}, headers=owner)
    assert reply.status_code == 422


def test_rotating_needs_no_body(client: FlaskClient, owner: Headers, path: str) -> None:
    assert client.post(f"{path}/rotate-secret", headers=owner).status_code == 200


def test_a_replay_sends_settled_deliveries_again(
    client: FlaskClient, service: Service, owner: Headers, path: str, survey: Survey
) -> None:
    answer_with(client, fresh_token(service, survey), score=9)
    with service.database.write() as connection:
        sent = {"status": "delivered", "body": b"{}"}
        connection.execute(schema.deliveries.update().values(sent))
    queued = client.post(f"{path}/replay", json={"since": LONG_AGO}, headers=owner)
    assert (queued.status_code, queued.get_json()) == (202, {"queued": 1})
    assert rows(service, schema.deliveries)[0]["status"] == "pending"


@pytest.mark.parametrize("since", ["yesterday", "2026-01-01T00:00:00", 5, None])
def test_a_replay_needs_an_instant_with_its_zone(
    client: FlaskClient, owner: Headers, path: str, since: Any
) -> None:
    reply = client.post(f"{path}/replay", json={"since": since}, headers=owner)
    assert is_problem(reply, 422, "invalid-request")


def test_only_a_settled_delivery_is_retried(
    client: FlaskClient, service: Service, owner: Headers, path: str
) -> None:
    delivery = client.post(f"{path}/test", headers=owner).get_json()["delivery"]
    waiting = client.post(f"/v1/deliveries/{delivery}/retry", headers=owner)
    assert is_problem(waiting, 422, "invalid-value")
    with service.database.write() as connection:
        connection.execute(schema.deliveries.update().values(status="failed", body=b"{}"))
    again = client.post(f"/v1/deliveries/{delivery}/retry", headers=owner)
    assert (again.status_code, again.get_json()["status"]) == (202, "pending")


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"url": "http://169.254.169.254/"}, id="a metadata address"),
        pytest.param({"url": "http://10.0.0.1/"}, id="a private address"),
        pytest.param({"url": "file:///etc/passwd"}, id="a file"),
        pytest.param({"url": "nonsense"}, id="no URL"),
        pytest.param({"events": []}, id="no events"),
        pytest.param({"events": ["everything"]}, id="an unknown event"),
        pytest.param({"headers": {"X-A": "a\r\nX-B: b"}}, id="a header in a header"),
        pytest.param({"status": "disabled"}, id="a status only we set"),
        pytest.param({"filter": {"score": {"min": "1"}}}, id="a filter of the wrong type"),
        pytest.param({"secret": "whsec_mine"}, id="a secret of the caller's"),
    ],
)
def test_a_faulty_webhook_is_not_stored(
    client: FlaskClient, service: Service, owner: Headers, members: dict[str, Any]
) -> None:
    reply = client.post("/v1/webhooks", json={**WEBHOOK, **members}, headers=owner)
    assert reply.status_code == 422
    assert reply.content_type == "application/problem+json"
    assert rows(service, schema.webhooks) == []
