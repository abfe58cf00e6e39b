"""Formats over HTTP: which there are, what a webhook would send, what is refused."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.delivery.formats.every import FORMATS
from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.delivery.formats.ready import ready
from tests.factories import make_project, rows
from tests.web.calling import Headers, bearer, is_problem

ZENDESK = {
    "url": "https://shop.zendesk.com/api/v2/tickets.json",
    "events": ["alert.detractor", "respondent.unsubscribed"],
    "format": "zendesk",
    "headers": {"Authorization": "Basic aHVzaC1odXNo"},
    "template": {"subject": "{{ response.band|default('news') }} of {{ project }}"},
}


@pytest.fixture
def owner(service: Service) -> Headers:
    return bearer(service, make_project(service))


def added(client: FlaskClient, owner: Headers, **changes: Any) -> str:
    """Add a webhook; returns where it is found."""
    reply = client.post("/v1/webhooks", json={**ZENDESK, **changes}, headers=owner)
    assert reply.status_code == 201, reply.get_json()
    return f"/v1/webhooks/{reply.get_json()['id']}"


def test_the_formats_are_listed_with_what_they_need(client: FlaskClient, owner: Headers) -> None:
    listed = client.get("/v1/webhooks/formats", headers=owner).get_json()["items"]
    known = {one["name"]: one for one in listed}
    assert {"standard", "slack", "salesforce", "template"} <= known.keys()
    assert "Authorization" in known["zendesk"]["headers"]
    assert known["zendesk"]["words"]["subject"] == "{{ title }}"
    assert known["standard"]["words"] is None


def test_a_dry_run_shows_the_request_and_sends_nothing(
    client: FlaskClient, owner: Headers, service: Service
) -> None:
    path = added(client, owner)
    shown = client.post(f"{path}/test", json={"show": True}, headers=owner)
    assert shown.status_code == 200
    alert, unsubscribed = shown.get_json()["items"]
    assert (alert["event"], alert["method"]) == ("alert.detractor", "POST")
    assert alert["url"] == ZENDESK["url"]
    assert alert["body"]["ticket"]["subject"] == "detractor of shop"
    assert alert["headers"]["Authorization"] == "Basic ***"
    assert alert["headers"]["Idempotency-Key"] == alert["headers"]["webhook-id"]
    assert alert["headers"]["content-type"] == "application/json"
    assert unsubscribed["body"]["ticket"]["subject"] == "news of shop"
    assert "aHVzaC1odXNo" not in shown.get_data(as_text=True)
    assert rows(service, schema.deliveries) == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_saved_and_shown_without_its_credential(
    client: FlaskClient, owner: Headers, service: Service, name: str
) -> None:
    complete = ready(name, headers={need.name: "Bearer hush-hush" for need in FORMATS[name].needs})
    path = added(
        client,
        owner,
        url=complete.url,
        format=name,
        events=["alert.detractor", "case.overdue"],
        headers=complete.headers,
        template=complete.template,
    )
    url = client.get(path, headers=owner).get_json()["url"]
    reply = client.post(f"{path}/test", json={"show": True}, headers=owner)
    assert len(reply.get_json()["items"]) == 2
    for shown in reply.get_json()["items"]:
        assert (shown["method"], shown["url"]) == ("POST", url)
        assert shown["body"]
        assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= shown["headers"].keys()
    assert "hush-hush" not in reply.get_data(as_text=True)
    assert rows(service, schema.deliveries) == []


def test_a_dry_run_may_be_of_other_events(client: FlaskClient, owner: Headers) -> None:
    path = added(client, owner)
    wish = {"show": True, "events": ["webhook.test"]}
    (shown,) = client.post(f"{path}/test", json=wish, headers=owner).get_json()["items"]
    assert shown["event"] == "webhook.test"


def test_a_dry_run_names_the_question_asked_first(client: FlaskClient, owner: Headers) -> None:
    url = "https://api.hubapi.com/crm/v3/objects/tickets"
    path = added(client, owner, format="hubspot", url=url, template=None)
    shown = client.post(f"{path}/test", json={"show": True}, headers=owner).get_json()["items"]
    assert shown[0]["asks_first"] == (
        "https://api.hubapi.com/crm/v3/objects/contacts/ada%40example.com"
        "?idProperty=email&properties=email"
    )


def test_without_show_a_test_is_sent_as_ever(client: FlaskClient, owner: Headers) -> None:
    path = added(client, owner)
    assert client.post(f"{path}/test", headers=owner).status_code == 202
    assert client.post(f"{path}/test", json={"show": False}, headers=owner).status_code == 202
    events = {"events": ["webhook.test"]}
    assert is_problem(client.post(f"{path}/test", json=events, headers=owner), 422, "invalid-value")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"format": "jira"}, "/format"),
        ({"headers": {}}, "/headers"),
        ({"headers": {"Authorization": "x", "Host": "evil.example"}}, "/headers/Host"),
        ({"url": "https://shop.zendesk.com/"}, "/url"),
        ({"template": {"subject": "{{ nobody }}"}}, "/template/subject"),
        ({"template": {"subject": "{{ response.score + 1 }}"}}, "/template/subject"),
    ],
)
def test_what_could_never_be_delivered_is_not_saved(
    client: FlaskClient, owner: Headers, service: Service, changes: Any, pointer: str
) -> None:
    reply = client.post("/v1/webhooks", json={**ZENDESK, **changes}, headers=owner)
    assert is_problem(reply, 422, "invalid-value")
    assert reply.get_json()["errors"][0]["pointer"] == pointer
    assert rows(service, schema.webhooks) == []


def test_a_change_is_judged_with_what_stays(client: FlaskClient, owner: Headers) -> None:
    path = added(client, owner)
    for change in ({"format": "slack"}, {"headers": None}, {"template": {"x": 1}}):
        assert is_problem(client.patch(path, json=change, headers=owner), 422, "invalid-value")
    changed = client.patch(path, json={"template": None}, headers=owner)
    assert changed.get_json()["template"] is None
    assert client.patch(path, json={"status": "paused"}, headers=owner).status_code == 200


def test_foreign_webhooks_are_not_shown(
    client: FlaskClient, owner: Headers, service: Service
) -> None:
    path = added(client, owner)
    stranger = bearer(service, make_project(service, "other"))
    reply = client.post(f"{path}/test", json={"show": True}, headers=stranger)
    assert is_problem(reply, 404, "not-found")
