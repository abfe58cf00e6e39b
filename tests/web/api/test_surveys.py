"""Surveys over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import make_project, rows
from tests.web.calling import Headers, bearer, is_problem


@pytest.fixture
def owner(service: Service) -> Headers:
    return bearer(service, make_project(service))


def test_a_put_creates_once_and_the_same_again_changes_nothing(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    document = {"metric": "csat", "questions": {"en": "How was it?"}}
    first = client.put("/v1/surveys/after-chat", json=document, headers=owner)
    again = client.put("/v1/surveys/after-chat", json=document, headers=owner)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["version"] == 1
    assert len(rows(service, schema.survey_versions)) == 1


def test_another_document_makes_a_new_version(client: FlaskClient, owner: Headers) -> None:
    client.put("/v1/surveys/nps", json={"metric": "nps"}, headers=owner)
    changed = client.put("/v1/surveys/nps", json={"metric": "nps", "settle_s": 5}, headers=owner)
    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    shown = client.get("/v1/surveys/nps", headers=owner).get_json()
    assert (shown["version"], shown["settle_s"]) == (2, 5)


def test_what_is_shown_can_be_put_back(client: FlaskClient, owner: Headers) -> None:
    client.put("/v1/surveys/ces", json={"metric": "ces", "task": "pay"}, headers=owner)
    shown = client.get("/v1/surveys/ces", headers=owner).get_json()
    told = {"version", "key", "definition", "created_at", "updated_at"}
    document = {name: value for name, value in shown.items() if name not in told}
    again = client.put("/v1/surveys/ces", json=document, headers=owner)
    assert (again.status_code, again.get_json()["version"]) == (200, 1)


def test_surveys_are_listed(client: FlaskClient, owner: Headers) -> None:
    for metric in ("nps", "csat", "ces"):
        client.put(f"/v1/surveys/{metric}", json={"metric": metric}, headers=owner)
    listed = client.get("/v1/surveys", headers=owner).get_json()["items"]
    assert sorted(survey["metric"] for survey in listed) == ["ces", "csat", "nps"]


@pytest.mark.parametrize(
    ("key", "document"),
    [
        pytest.param("nps", {}, id="no metric"),
        pytest.param("nps", {"metric": "smile"}, id="an unknown metric"),
        pytest.param("nps", {"metric": "nps", "scale": "csat5"}, id="another metric's scale"),
        pytest.param("nps", {"metric": "nps", "color": "red"}, id="an unknown field"),
        pytest.param("nps", {"metric": "nps", "settle_s": "5"}, id="a number as text"),
        pytest.param("nps", {"metric": "nps", "edit_window_s": True}, id="a boolean as number"),
        pytest.param("nps", {"metric": "nps", "theme": {"accent": "red;}"}}, id="CSS in a colour"),
        pytest.param("nps", {"metric": "nps", "questions": {"e n": "?"}}, id="a wrong locale"),
        pytest.param("UPPER", {"metric": "nps"}, id="a key that is no key"),
    ],
)
def test_a_faulty_survey_is_not_stored(
    client: FlaskClient, service: Service, owner: Headers, key: str, document: dict[str, Any]
) -> None:
    reply = client.put(f"/v1/surveys/{key}", json=document, headers=owner)
    assert reply.status_code == 422
    assert reply.content_type == "application/problem+json"
    assert rows(service, schema.surveys) == []


def test_a_theme_nobody_could_read_is_refused_with_the_nearest_readable_colour(
    client: FlaskClient, service: Service, owner: Headers
) -> None:
    document = {"metric": "nps", "theme": {"accent": "#FFD400"}}
    reply = client.put("/v1/surveys/nps", json=document, headers=owner)
    assert is_problem(reply, 422, "invalid-value")
    told = str(reply.get_json(force=True))
    assert "/theme/accent" in told
    assert "contrast of 1.43:1" in told
    assert "the nearest colour that can be read is #b09200" in told
    assert rows(service, schema.surveys) == []


def test_a_survey_nobody_made_is_not_found(client: FlaskClient, owner: Headers) -> None:
    assert is_problem(client.get("/v1/surveys/none", headers=owner), 404, "not-found")
