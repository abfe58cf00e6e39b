"""Cases over HTTP, as a team's server follows them up."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.domain.surveys import Survey
from feedback_service.storage.tables.cases import case_history
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, make_project, make_survey, rows
from tests.web.calling import Headers, bearer, is_problem


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


@pytest.fixture
def team(service: Service, survey: Survey) -> Headers:
    return bearer(service, survey.project_id)


def low_answer(service: Service, survey: Survey, score: int = 2, comment: str = "slow") -> str:
    """Give a low answer whose case has opened; returns its id."""
    given = collect(service, link_token(service, survey, now=now()), answer(score, comment), now())
    CaseOpener(service.database).run()
    return given.response.id


def path_of(response_id: str) -> str:
    return f"/v1/responses/{response_id}/case"


def test_a_case_is_followed_from_open_to_resolved(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    path = path_of(low_answer(service, survey))
    found = client.get(path, headers=team)
    assert (found.status_code, found.headers["ETag"]) == (200, '"1"')
    shown = found.get_json()
    assert (shown["status"], shown["owner"], shown["overdue"]) == ("open", None, False)
    assert (shown["response"]["score"], shown["response"]["comment"]) == (2, "slow")
    steps: list[dict[str, Any]] = [
        {"owner": "ada@shop.example", "by": "Grace"},
        {"status": "contacted", "note": "Called, will send a new one."},
        {"status": "resolved"},
        {"status": "open", "note": "It broke again."},
    ]
    for step in steps:
        shown = client.post(path, json=step, headers=team).get_json()
    assert (shown["status"], shown["owner"], shown["revision"]) == ("open", "ada@shop.example", 5)
    assert shown["contacted_at"]
    assert shown["resolved_at"] is None
    opened, owned, contacted, resolved, reopened = shown["history"]
    assert opened["by"] == "feedback-service"
    assert (owned["by"], owned["changes"]) == ("Grace", {"owner": [None, "ada@shop.example"]})
    assert contacted["note"] == "Called, will send a new one."
    assert resolved["changes"] == {"status": ["contacted", "resolved"]}
    assert reopened["changes"]["status"] == ["resolved", "open"]
    assert all(entry["by"].startswith("API key ") for entry in (contacted, resolved, reopened))


def test_any_response_can_be_made_a_case_by_hand(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    happy = collect(service, link_token(service, survey, now=now()), answer(9), now()).response
    assert is_problem(client.get(path_of(happy.id), headers=team), 404, "not-found")
    made = client.post(path_of(happy.id), headers=team)
    assert (made.status_code, made.get_json()["status"]) == (200, "open")
    again = client.post(path_of(happy.id), headers=team).get_json()
    assert (again["id"], len(again["history"])) == (made.get_json()["id"], 1)


def test_the_slower_of_two_is_refused_when_it_says_what_it_saw(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    path = path_of(low_answer(service, survey))
    seen = client.get(path, headers=team).headers["ETag"]
    mine = {**team, "If-Match": seen}
    assert client.post(path, json={"owner": "Ada"}, headers=mine).status_code == 200
    slower = client.post(path, json={"owner": "Bob"}, headers=mine)
    assert is_problem(slower, 412, "case-changed")
    assert client.get(path, headers=team).get_json()["owner"] == "Ada"
    last_word = client.post(path, json={"owner": "Bob"}, headers=team)
    assert last_word.get_json()["owner"] == "Bob"
    nonsense = client.post(path, json={}, headers={**team, "If-Match": "yesterday"})
    assert is_problem(nonsense, 422, "invalid-value")


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param({"status": "closed"}, id="no such status"),
        pytest.param({"owner": ""}, id="nobody's name"),
        pytest.param({"due_at": None}, id="never due"),
        pytest.param({"due_at": "tomorrow"}, id="no time"),
        pytest.param({"note": "x" * 10_001}, id="a note too long"),
        pytest.param({"colour": "red"}, id="unknown field"),
    ],
)
def test_a_faulty_wish_changes_nothing(
    client: FlaskClient, service: Service, survey: Survey, team: Headers, wish: dict[str, Any]
) -> None:
    path = path_of(low_answer(service, survey))
    assert client.post(path, json=wish, headers=team).status_code == 422
    assert client.get(path, headers=team).get_json()["revision"] == 1


def test_the_list_is_filtered_and_paged(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    other = make_survey(service, survey.project_id, "csat", settle_s=0)
    low = [low_answer(service, survey) for _ in range(3)] + [low_answer(service, other, 1)]
    yesterday = (now() - timedelta(days=1)).isoformat()
    client.post(path_of(low[0]), json={"owner": "Ada", "due_at": yesterday}, headers=team)
    client.post(path_of(low[1]), json={"status": "resolved"}, headers=team)

    def listed(query: str) -> list[str]:
        reply = client.get(f"/v1/cases?{query}", headers=team)
        assert reply.status_code == 200, reply.get_json()
        return [item["response"]["id"] for item in reply.get_json()["items"]]

    assert listed("") == low[::-1]
    assert listed("status=resolved") == [low[1]]
    assert listed("owner=Ada") == [low[0]]
    assert listed("owner=") == low[:0:-1]
    assert listed("overdue=true") == [low[0]]
    assert listed("overdue=false&survey=nps") == [low[2], low[1]]
    assert listed("survey=csat") == [low[3]]
    seen, query = [], "limit=3"
    while query:
        page = client.get(f"/v1/cases?{query}", headers=team)
        seen += [item["response"]["id"] for item in page.get_json()["items"]]
        query = f"limit=3&cursor={page.get_json()['next_cursor']}" if "Link" in page.headers else ""
    assert seen == low[::-1]
    assert client.get("/v1/cases?status=late", headers=team).status_code == 422


def test_the_summary_counts_and_tells_how_fast_the_loop_is_closed(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    low = [low_answer(service, survey) for _ in range(3)]
    client.post(path_of(low[0]), json={"status": "resolved"}, headers=team)
    past = (now() - timedelta(hours=1)).isoformat()
    client.post(path_of(low[1]), json={"due_at": past}, headers=team)
    found = client.get("/v1/cases/summary?days=7&survey=nps", headers=team).get_json()
    assert found["counts"] == {"open": 2, "contacted": 0, "resolved": 1, "overdue": 1}
    closing = found["closing"]
    assert (closing["cases"], closing["decided"], closing["in_time"]) == (3, 2, 1)
    assert closing["share"] == 50
    assert closing["interval"][0] < 50 < closing["interval"][1]
    none = client.get("/v1/cases/summary?survey=csat", headers=team).get_json()
    assert (none["closing"]["share"], none["counts"]["open"]) == (None, 0)


def test_a_project_sets_how_soon_cases_are_due(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    assert client.get("/v1/care", headers=team).get_json() == {
        "case_due_s": 172_800,
        "delivery_days": 30,
        "answer_days": None,
    }
    changed = client.patch("/v1/care", json={"case_due_s": 3600}, headers=team).get_json()
    assert changed == {"case_due_s": 3600, "delivery_days": 30, "answer_days": None}
    case = client.get(path_of(low_answer(service, survey)), headers=team).get_json()
    assert case["due_at"][:13] != case["opened_at"][:13]
    refused = client.patch("/v1/care", json={"case_due_s": 5}, headers=team)
    assert is_problem(refused, 422, "invalid-value")


def test_an_erased_persons_notes_are_gone(
    client: FlaskClient, service: Service, survey: Survey, team: Headers
) -> None:
    token = link_token(service, survey, respondent="cust_9", now=now())
    given = collect(service, token, answer(1, "call me"), now()).response
    client.post(path_of(given.id), json={"note": "Mr Smith is furious"}, headers=team)
    assert client.delete("/v1/respondents/cust_9", headers=team).status_code in {200, 204}
    assert "Smith" not in str(rows(service, case_history))
    assert client.get(path_of(given.id), headers=team).get_json()["status"] == "open"


def test_other_projects_cases_look_like_none(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    path = path_of(low_answer(service, survey))
    stranger = bearer(service, make_project(service, "other"))
    assert is_problem(client.get(path, headers=stranger), 404, "not-found")
    assert is_problem(client.post(path, json={}, headers=stranger), 404, "not-found")
    assert client.get("/v1/cases", headers=stranger).get_json()["items"] == []


def test_a_key_without_the_scope_is_refused(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    path = path_of(low_answer(service, survey))
    reader = bearer(service, survey.project_id, "cases:read")
    assert client.get(path, headers=reader).status_code == 200
    assert is_problem(client.post(path, json={}, headers=reader), 403, "scope-missing")


def test_a_help_desk_says_that_the_case_is_handled(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    response_id = low_answer(service, survey)
    desk = bearer(service, survey.project_id, "cases:write", "cases:read")
    solved = {"external_id": response_id, "status": "Solved", "assignee": "ada@shop.example"}
    for _ in range(2):
        taken = client.post("/v1/inbound/zendesk", json=solved, headers=desk)
        assert taken.status_code == 200
    case = client.get(path_of(response_id), headers=desk).get_json()
    assert (case["status"], case["owner"]) == ("resolved", "ada@shop.example")
    assert [entry["by"] for entry in case["history"]] == ["feedback-service", "Zendesk"]
    moved = {"feedback_response": response_id, "hs_pipeline_stage": "984"}
    back = client.post("/v1/inbound/hubspot?contacted=984,985", json=moved, headers=desk)
    assert back.get_json()["status"] == "contacted"


@pytest.mark.parametrize(
    ("path", "document", "status", "code"),
    [
        ("/v1/inbound/trello", {}, 404, "not-found"),
        ("/v1/inbound/zendesk", {}, 422, "invalid-value"),
        ("/v1/inbound/zendesk", {"external_id": "rsp_no", "status": "Open"}, 404, "not-found"),
        ("/v1/inbound/zendesk?resolved=x&open=x", {}, 422, "invalid-value"),
        ("/v1/inbound/zendesk?closed=x", {}, 422, "invalid-request"),
    ],
)
def test_what_a_help_desk_gets_wrong_is_said(
    client: FlaskClient, team: Headers, path: str, document: Any, status: int, code: str
) -> None:
    assert is_problem(client.post(path, json=document, headers=team), status, code)
