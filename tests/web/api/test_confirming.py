"""Staff look at doubted answers and confirm what is a person's after all."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, make_project, make_survey, make_webhook, rows
from tests.web.calling import Headers, bearer, fresh_token, is_problem


@pytest.fixture
def headers(service: Service) -> Headers:
    make_survey(service, make_project(service, "acme"))
    make_webhook(service, 1)
    return bearer(service, 1)


def doubted(service: Service, score: int = 0) -> str:
    """Store what a machine may have answered; returns its id."""
    survey = make_survey(service, 1)
    given = answer(score, suspicion="no-gesture", complete=True)
    return collect(service, fresh_token(service, survey), given, now()).response.id


def test_doubted_answers_are_shown_and_can_be_listed(
    client: FlaskClient, service: Service, headers: Headers
) -> None:
    machine = doubted(service)
    person = collect(service, fresh_token(service, make_survey(service, 1)), now=now())

    def listed(query: str) -> list[Any]:
        items: list[Any] = client.get(f"/v1/responses{query}", headers=headers).get_json()["items"]
        return [(one["id"], one["unconfirmed"], one["suspicion"]) for one in items]

    assert listed("?unconfirmed=true") == [(machine, True, "no-gesture")]
    assert listed("?unconfirmed=false") == [(person.response.id, False, None)]
    assert len(listed("")) == 2


def test_a_confirmed_answer_counts_and_is_told_once(
    client: FlaskClient, service: Service, headers: Headers
) -> None:
    path = f"/v1/responses/{doubted(service)}"
    assert rows(service, schema.deliveries) == []
    for _ in range(2):
        reply = client.patch(path, json={"confirmed": True}, headers=headers)
        assert reply.status_code == 200
        assert (reply.get_json()["unconfirmed"], reply.get_json()["suspicion"]) == (False, None)
    told = sorted(row["type"] for row in rows(service, schema.deliveries))
    assert told == ["alert.detractor", "response.completed", "response.scored"]


def test_staff_cannot_doubt_an_answer(
    client: FlaskClient, service: Service, headers: Headers
) -> None:
    path = f"/v1/responses/{doubted(service)}"
    reply = client.patch(path, json={"confirmed": False}, headers=headers)
    assert is_problem(reply, 422, "invalid-request")
    assert reply.get_json(force=True)["errors"][0]["pointer"] == "/confirmed"


def test_a_survey_keeps_its_policy_and_logo(client: FlaskClient, headers: Headers) -> None:
    logo = "https://cdn.example.com/brand/logo.png"
    document = {"metric": "nps", "capture": "gesture", "theme": {"logo": logo}}
    assert client.put("/v1/surveys/mail", json=document, headers=headers).status_code == 201
    kept = client.get("/v1/surveys/mail", headers=headers).get_json()
    assert (kept["capture"], kept["theme"]["logo"]) == ("gesture", logo)


@pytest.mark.parametrize(
    "logo",
    [
        "http://example.com/logo.png",
        "https://example.com/a.png; script-src *",
        "https://example.com/a.png,https://evil.example",
        "javascript:alert(1)",
        "https://example.com/a.png?x=1",
        "https://example.com",
        "data:image/png;base64,AA",
    ],
)
def test_a_logo_that_a_policy_cannot_name_is_refused(
    client: FlaskClient, headers: Headers, logo: str
) -> None:
    document = {"metric": "nps", "theme": {"logo": logo}}
    reply = client.put("/v1/surveys/mail", json=document, headers=headers)
    assert is_problem(reply, 422, "invalid-request")
    assert reply.get_json(force=True)["errors"][0]["pointer"] == "/theme/logo"
