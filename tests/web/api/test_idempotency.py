"""Idempotency-Key: sent twice, done once."""

from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey, rows
from tests.web.calling import bearer, is_problem

WEBHOOK = {"url": "http://127.0.0.1:9/hook", "events": ["response.scored"]}


def test_the_same_request_twice_acts_once_and_answers_the_same(
    client: FlaskClient, service: Service
) -> None:
    headers = {**bearer(service, make_project(service)), "Idempotency-Key": "one"}
    first = client.post("/v1/webhooks", json=WEBHOOK, headers=headers)
    second = client.post("/v1/webhooks", json=WEBHOOK, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_data() == second.get_data()
    assert first.content_type == second.content_type
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(rows(service, schema.webhooks)) == 1


def test_another_request_under_the_same_key_is_refused(
    client: FlaskClient, service: Service
) -> None:
    headers = {**bearer(service, make_project(service)), "Idempotency-Key": "one"}
    client.post("/v1/webhooks", json=WEBHOOK, headers=headers)
    other = client.post("/v1/webhooks", json={**WEBHOOK, "description": "b"}, headers=headers)
    assert is_problem(other, 422, "key-reused")
    assert len(rows(service, schema.webhooks)) == 1


def test_the_same_key_on_another_path_is_another_request(
    client: FlaskClient, service: Service
) -> None:
    project = make_project(service)
    make_survey(service, project)
    headers = {**bearer(service, project), "Idempotency-Key": "one"}
    client.post("/v1/webhooks", json=WEBHOOK, headers=headers)
    reply = client.post("/v1/tokens", json={"survey": "nps"}, headers=headers)
    assert is_problem(reply, 422, "key-reused")


def test_two_api_keys_do_not_share_their_idempotency_keys(
    client: FlaskClient, service: Service
) -> None:
    project = make_project(service)
    for _ in range(2):
        headers = {**bearer(service, project), "Idempotency-Key": "one"}
        assert client.post("/v1/webhooks", json=WEBHOOK, headers=headers).status_code == 201
    assert len(rows(service, schema.webhooks)) == 2


def test_a_refusal_is_repeated_too(client: FlaskClient, service: Service) -> None:
    project = make_project(service)
    headers = {**bearer(service, project), "Idempotency-Key": "one"}
    assert is_problem(
        client.post("/v1/tokens", json={"survey": "nps"}, headers=headers), 404, "not-found"
    )
    make_survey(service, project)
    again = client.post("/v1/tokens", json={"survey": "nps"}, headers=headers)
    assert is_problem(again, 404, "not-found")


def test_a_kept_reply_is_not_readable_in_the_database(
    client: FlaskClient, service: Service
) -> None:
    headers = {**bearer(service, make_project(service)), "Idempotency-Key": "one"}
    secret = client.post("/v1/webhooks", json=WEBHOOK, headers=headers).get_json()["secret"]
    assert secret not in str(rows(service, schema.idempotency))


def test_an_idempotency_key_must_be_short_plain_text(client: FlaskClient, service: Service) -> None:
    headers = bearer(service, make_project(service))
    for name in ("", " ", "x" * 256, "\xfc"):
        reply = client.post(
            "/v1/webhooks", json=WEBHOOK, headers={**headers, "Idempotency-Key": name}
        )
        assert is_problem(reply, 422, "invalid-request")
    assert rows(service, schema.webhooks) == []
