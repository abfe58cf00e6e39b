"""Another project's key: every id looks as if it did not exist, and nothing changes."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey, make_webhook, rows
from tests.web.calling import answer_with, bearer, fresh_token, is_problem

# method, path, body
ROUTES = [
    ("GET", "/v1/responses/<response_id>", None),
    ("PATCH", "/v1/responses/<response_id>", {"tags": ["stolen"]}),
    ("GET", "/v1/webhooks/<webhook_id>", None),
    ("PATCH", "/v1/webhooks/<webhook_id>", {"url": "http://127.0.0.1:9/theirs"}),
    ("DELETE", "/v1/webhooks/<webhook_id>", None),
    ("POST", "/v1/webhooks/<webhook_id>/test", None),
    ("POST", "/v1/webhooks/<webhook_id>/rotate-secret", {}),
    ("POST", "/v1/webhooks/<webhook_id>/replay", {"since": "2020-01-01T00:00:00Z"}),
    ("GET", "/v1/deliveries/<delivery_id>", None),
    ("POST", "/v1/deliveries/<delivery_id>/retry", None),
    ("GET", "/v1/responses/<response_id>/case", None),
    ("POST", "/v1/responses/<response_id>/case", {"status": "resolved"}),
    ("GET", "/v1/surveys/<survey_key>", None),
    ("GET", "/v1/surveys/<survey_key>/email", None),
    ("GET", "/v1/surveys/<survey_key>/qr", None),
    ("GET", "/v1/campaigns/<name>", None),
    ("DELETE", "/v1/tags/<tag>", None),
    ("GET", "/v1/respondents/<ref>", None),
    ("DELETE", "/v1/respondents/<ref>", None),
]
# A key or reference belongs to each project on its own: a PUT makes the caller's, not theirs.
OWN_NAMESPACE = {
    ("PUT", "/v1/surveys/<survey_key>"),
    ("PUT", "/v1/respondents/<ref>"),
    ("PUT", "/v1/tags/<tag>"),
    ("GET", "/v1/respondents/<ref>/eligibility"),
    ("POST", "/v1/inbound/<format_name>"),
}
WATCHED = (
    schema.responses,
    schema.webhooks,
    schema.deliveries,
    schema.surveys,
    schema.survey_versions,
    schema.respondents,
    schema.tag_rules,
)


@pytest.fixture
def ids(service: Service, client: FlaskClient) -> dict[str, str]:
    """One of everything, in the project `shop`."""
    shop = make_project(service, "shop")
    survey = make_survey(service, shop, key="theirs")
    webhook = make_webhook(service, shop)
    owner = bearer(service, shop)
    assert client.put("/v1/respondents/anna", json={"email": "a@b.example"}, headers=owner)
    answer_with(client, fresh_token(service, survey, respondent="anna"), score=1, comment="x")
    assert client.put("/v1/tags/late", json={"words": {"*": ["late"]}}, headers=owner)
    return {
        "response_id": rows(service, schema.responses)[0]["id"],
        "webhook_id": webhook.id,
        "delivery_id": rows(service, schema.deliveries)[0]["id"],
        "survey_key": "theirs",
        "ref": "anna",
        "name": "spring",
        "tag": "late",
    }


def everything(service: Service) -> list[Any]:
    return [rows(service, table) for table in WATCHED]


@pytest.mark.parametrize(("method", "rule", "body"), ROUTES)
def test_an_id_of_another_project_does_not_exist(
    client: FlaskClient, service: Service, ids: dict[str, str], method: str, rule: str, body: Any
) -> None:
    stranger = bearer(service, make_project(service, "rival"))
    path = rule.replace("<", "{").replace(">", "}").format(**ids)
    before = everything(service)
    reply = client.open(path, method=method, json=body, headers=stranger)
    assert is_problem(reply, 404, "not-found")
    assert everything(service) == before


def test_lists_show_only_the_own_project(
    client: FlaskClient, service: Service, ids: dict[str, str]
) -> None:
    stranger = bearer(service, make_project(service, "rival"))
    for path in ("/v1/responses", "/v1/webhooks", "/v1/deliveries", "/v1/surveys"):
        assert client.get(path, headers=stranger).get_json()["items"] == []
    by_id = client.get(f"/v1/deliveries?webhook={ids['webhook_id']}", headers=stranger)
    assert by_id.get_json()["items"] == []
    for path in ("/v1/cases", "/v1/campaigns"):
        assert client.get(path, headers=stranger).get_json()["items"] == []


def test_nobody_learns_of_another_projects_people(
    client: FlaskClient, ids: dict[str, str], service: Service
) -> None:
    rival = make_project(service, "rival")
    make_survey(service, rival, key="ours")
    stranger = bearer(service, rival)
    asked = client.get("/v1/respondents/anna/eligibility?survey=ours", headers=stranger)
    nobody = client.get("/v1/respondents/nobody/eligibility?survey=ours", headers=stranger)
    assert asked.get_json() == {**nobody.get_json(), **_named(asked.get_json())}
    foreign = client.get("/v1/respondents/anna/eligibility?survey=theirs", headers=stranger)
    assert is_problem(foreign, 404, "not-found")


def _named(reply: dict[str, Any]) -> dict[str, Any]:
    """The members that only repeat whom the caller asked for."""
    return {name: value for name, value in reply.items() if "anna" in str(value)}


def test_a_help_desk_of_another_project_moves_no_case(
    client: FlaskClient, ids: dict[str, str], service: Service
) -> None:
    stranger = bearer(service, make_project(service, "rival"))
    ticket = {"ticket": {"external_id": ids["response_id"], "status": "solved"}}
    before = everything(service)
    reply = client.post("/v1/inbound/zendesk", json=ticket, headers=stranger)
    assert is_problem(reply, 404, "not-found")
    assert everything(service) == before


def test_a_put_under_the_same_name_leaves_the_other_projects_alone(
    client: FlaskClient, service: Service, ids: dict[str, str]
) -> None:
    rival = make_project(service, "rival")
    stranger = bearer(service, rival)
    assert client.put("/v1/surveys/theirs", json={"metric": "ces"}, headers=stranger).status_code
    client.put("/v1/respondents/anna", json={"email": "x@y.example"}, headers=stranger)
    owners = [row for row in rows(service, schema.surveys) if row["project_id"] != rival]
    assert [row["key"] for row in owners] == ["theirs"]
    assert len(rows(service, schema.respondents)) == 2
    shown = client.get("/v1/surveys/theirs", headers=stranger).get_json()
    assert shown["metric"] == "ces"


def test_every_route_with_an_id_is_tried_above(app: Flask) -> None:
    tried = {(method, rule) for method, rule, _ in ROUTES} | OWN_NAMESPACE
    known = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.arguments and getattr(app.view_functions[rule.endpoint], "audience", "") == "server"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert tried == known
