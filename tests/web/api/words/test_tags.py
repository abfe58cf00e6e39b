"""Tag rules over HTTP, and responses by tag."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.delivery.care.comment_tags import CommentTags
from feedback_service.domain.surveys import Survey
from feedback_service.domain.words.rules import MAX_RULES
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import Headers, answer_with, bearer, fresh_token, is_problem

LATE = {"words": {"en": ["late", "deliver*"], "*": ["spät"]}}


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


@pytest.fixture
def owner(service: Service, survey: Survey) -> Headers:
    return bearer(service, survey.project_id)


def swept(service: Service) -> None:
    sweep = CommentTags(service)
    while sweep.run():
        pass


def test_a_rule_is_created_listed_changed_and_removed(client: FlaskClient, owner: Headers) -> None:
    assert client.get("/v1/tags", headers=owner).get_json() == {"items": [], "tagged_until": None}
    created = client.put("/v1/tags/late", json=LATE, headers=owner)
    assert (created.status_code, created.get_json()) == (201, {"tag": "late", **LATE})
    again = client.put("/v1/tags/late", json=LATE, headers=owner)
    assert (again.status_code, again.get_json()) == (200, {"tag": "late", **LATE})
    changed = client.put("/v1/tags/late", json={"words": {"*": ["slow"]}}, headers=owner)
    assert changed.get_json() == {"tag": "late", "words": {"*": ["slow"]}}
    listed = client.get("/v1/tags", headers=owner).get_json()
    assert listed["items"] == [changed.get_json()]
    assert listed["tagged_until"] is not None
    assert client.delete("/v1/tags/late", headers=owner).status_code == 204
    assert is_problem(client.delete("/v1/tags/late", headers=owner), 404, "not-found")


@pytest.mark.parametrize(
    ("tag", "document", "field"),
    [
        pytest.param("late", {}, "/words", id="no words"),
        pytest.param("late", {"words": {}}, "/words", id="no language"),
        pytest.param("late", {"words": {"en": ["!"]}}, "/words/en", id="no letter"),
        pytest.param("late", {"words": {"en": "late"}}, "/words/en/value", id="no list"),
        pytest.param("late", {"words": {"??": ["late"]}}, "/words", id="no language's name"),
        pytest.param("a,b", LATE, "/tag", id="a comma"),
        pytest.param("late", {**LATE, "wrods": 1}, "/wrods", id="an unknown field"),
    ],
)
def test_a_faulty_rule_is_refused_by_name(
    client: FlaskClient, owner: Headers, tag: str, document: Any, field: str
) -> None:
    reply = client.put(f"/v1/tags/{tag}", json=document, headers=owner)
    assert reply.status_code == 422
    assert [fault["pointer"] for fault in reply.get_json()["errors"]] == [field]
    assert client.get("/v1/tags", headers=owner).get_json()["items"] == []


def test_a_project_has_an_end_of_rules(client: FlaskClient, owner: Headers) -> None:
    for number in range(MAX_RULES):
        client.put(f"/v1/tags/t{number}", json=LATE, headers=owner)
    assert is_problem(client.put("/v1/tags/more", json=LATE, headers=owner), 422, "invalid-value")
    assert client.put("/v1/tags/t1", json={"words": {"*": ["x"]}}, headers=owner).status_code == 200


def test_responses_are_found_by_their_tag(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    client.put("/v1/tags/late", json=LATE, headers=owner)
    for comment in ("Too late", "Just right", "Viel zu SPAT"):
        answer_with(client, fresh_token(service, survey), score=3, comment=comment)
    swept(service)

    def by_tag(tag: str) -> set[str]:
        reply = client.get("/v1/responses", query_string={"tag": tag}, headers=owner)
        return {item["comment"] for item in reply.get_json()["items"]}

    assert by_tag("late") == {"Too late", "Viel zu SPAT"}
    assert by_tag("lat") == by_tag("%") == by_tag('"') == set()


def test_the_rules_are_run_again_over_all_comments(
    client: FlaskClient, service: Service, survey: Survey, owner: Headers
) -> None:
    client.put("/v1/tags/late", json=LATE, headers=owner)
    swept(service)
    reply = client.post("/v1/tags/run", headers=owner)
    assert reply.status_code == 202
    assert reply.get_json()["tagged_until"].startswith("1970-01-01T00:00:00")
