"""What callers see and steer of a webhook in trouble, over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.delivery.dispatching import all_settled, dispatching, received, until
from tests.delivery.receivers import Receiver
from tests.delivery.receivers import status as replying
from tests.factories import make_project, make_survey, make_webhook, rows
from tests.web.calling import Headers, answer_with, bearer, fresh_token, is_problem

SCORED = ("response.scored",)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


@pytest.fixture
def owner(service: Service, survey: Survey) -> Headers:
    return bearer(service, survey.project_id)


def test_it_shows_since_when_it_fails_and_how_much_is_held(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    sick = make_webhook(
        service,
        survey.project_id,
        events=SCORED,
        status="disabled",
        disabled_reason="failing",
    )
    with service.database.write() as connection:
        health = {"webhook_id": sick.id, "failing_since": now(), "failures": 12}
        connection.execute(schema.webhook_health.insert().values(health))
    answer_with(client, fresh_token(service, survey), score=9)
    one = client.get(f"/v1/webhooks/{sick.id}", headers=owner).get_json()
    (listed,) = client.get("/v1/webhooks", headers=owner).get_json()["items"]
    assert one == listed
    assert (one["status"], one["disabled_reason"]) == ("disabled", "failing")
    assert (one["failures"], one["held"]) == (12, 1)
    assert one["failing_since"].endswith("Z")
    enabled = client.patch(
        f"/v1/webhooks/{sick.id}", json={"status": "active", "send_held": False}, headers=owner
    ).get_json()
    assert (enabled["status"], enabled["failures"], enabled["held"]) == ("active", 0, 1)
    assert (enabled["disabled_reason"], enabled["failing_since"]) == (None, None)
    (held,) = client.get("/v1/deliveries?status=held", headers=owner).get_json()["items"]
    assert held["reason"] == "disabled"
    again = client.post(f"/v1/deliveries/{held['id']}/retry", headers=owner)
    assert again.get_json()["status"] == "pending"


@pytest.mark.parametrize(
    ("rate", "status"),
    [(1, 200), (60_000, 200), (None, 200), (0, 422), (60_001, 422), ("60", 422), (1.5, 422)],
)
def test_a_rate_is_a_whole_number_a_minute(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers, rate: Any, status: int
) -> None:
    webhook = make_webhook(service, survey.project_id, events=SCORED)
    path = f"/v1/webhooks/{webhook.id}"
    changed = client.patch(path, json={"rate_per_minute": rate}, headers=owner)
    assert changed.status_code == status
    kept = client.get(path, headers=owner).get_json()["rate_per_minute"]
    assert kept == (rate if status == 200 else None)


def test_the_body_is_for_those_who_may_read_answers(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    make_webhook(service, survey.project_id, events=SCORED)
    answer_with(client, fresh_token(service, survey), score=2)
    (delivery,) = rows(service, schema.deliveries)
    completed = {"method": "POST", "url": "https://crm.example", "headers": {}, "body": "secret"}
    with service.database.write() as connection:
        connection.execute(schema.deliveries.update().values(body=b'{"score": 2}'))
        attempt = {"delivery_id": delivery["id"], "number": 1, "started_at": now()}
        attempt |= {"elapsed_ms": 7.0, "status": 200, "error": None, "reply": "ok"}
        connection.execute(schema.attempts.insert().values(**attempt, request=completed))
    path = f"/v1/deliveries/{delivery['id']}"
    full = client.get(path, headers=owner).get_json()
    assert full["body"] == '{"score": 2}'
    assert full["attempts"][0]["request"] == completed
    looker = bearer(service, survey.project_id, "webhooks:read")
    shown = client.get(path, headers=looker).get_json()
    assert shown["body"] is None
    assert set(shown["attempts"][0]["request"]) == {"method", "url", "headers"}
    for listed in client.get("/v1/deliveries", headers=owner).get_json()["items"]:
        assert "secret" not in str(listed)


def test_what_was_called_off_or_emptied_is_not_sent_again(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    make_webhook(service, survey.project_id, events=SCORED)
    answer_with(client, fresh_token(service, survey), score=9)
    (delivery,) = rows(service, schema.deliveries)
    path = f"/v1/deliveries/{delivery['id']}/retry"
    for values in (
        {"status": "cancelled", "reason": "corrected"},
        {"status": "delivered", "body": None},
    ):
        with service.database.write() as connection:
            connection.execute(schema.deliveries.update().values(values))
        assert is_problem(client.post(path, headers=owner), 422, "invalid-value")


def test_a_rate_set_over_http_is_shown_obeyed_and_taken_off(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    with Receiver(replying(200)) as receiver:
        wish = {"url": receiver.url, "events": SCORED, "rate_per_minute": 12}
        added = client.post("/v1/webhooks", json=wish, headers=owner).get_json()
        (listed,) = client.get("/v1/webhooks", headers=owner).get_json()["items"]
        assert added["rate_per_minute"] == listed["rate_per_minute"] == 12
        for _ in range(10):
            answer_with(client, fresh_token(service, survey), score=9)
        with dispatching(service):
            until(lambda: receiver.requests)
        # Two at once, and one more every few seconds.
        assert len(receiver.requests) <= 4
        waiting = client.get("/v1/deliveries?status=pending", headers=owner).get_json()["items"]
        assert len(waiting) == 10 - len(receiver.requests)
        path = f"/v1/webhooks/{added['id']}"
        free = client.patch(path, json={"rate_per_minute": None}, headers=owner)
        assert free.get_json()["rate_per_minute"] is None
        with dispatching(service):
            until(lambda: all_settled(service))
        assert len(receiver.requests) == 10


def test_a_credential_of_4096_characters_arrives_whole_and_is_shown_to_nobody(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    token = "Bearer " + "t" * 4_089
    with Receiver(replying(200)) as receiver:
        wish: dict[str, Any] = {"url": receiver.url, "events": SCORED}
        wish["headers"] = {"Authorization": token + "t"}
        refused = client.post("/v1/webhooks", json=wish, headers=owner)
        assert is_problem(refused, 422, "invalid-request")
        wish["headers"] = {"Authorization": token}
        added = client.post("/v1/webhooks", json=wish, headers=owner).get_json()
        assert added["headers"] == ["Authorization"]
        client.post(f"/v1/webhooks/{added['id']}/test", headers=owner)
        with dispatching(service):
            until(lambda: all_settled(service))
        assert received(receiver)[0].headers["authorization"] == token
    (delivery,) = client.get("/v1/deliveries", headers=owner).get_json()["items"]
    in_full = client.get(f"/v1/deliveries/{delivery['id']}", headers=owner)
    assert token not in in_full.get_data(as_text=True)
    (kept,) = rows(service, schema.webhooks)
    assert token.encode() not in kept["headers"]
