"""Answers over HTTP: what is stored, and what a caller is told."""

import json
from typing import Any

from flask.testing import FlaskClient

from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import (
    DAY,
    jwt_token,
    link_token,
    make_project,
    make_signing_key,
    make_survey,
    revoke,
    rows,
    widget_token,
)
from tests.web.calling import answer_with, fresh_token, is_problem


def nps(service: Service, **changes: Any) -> Survey:
    return make_survey(service, make_project(service), **changes)


def test_a_first_answer_is_created_and_the_next_changes_it(
    client: FlaskClient, service: Service
) -> None:
    token = fresh_token(service, nps(service))
    first = answer_with(client, token, score=4)
    second = answer_with(client, token, comment="too slow")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]
    [stored] = rows(service, schema.responses)
    assert (stored["score"], stored["comment"]) == (4, "too slow")


def test_the_reply_tells_what_to_show_next(client: FlaskClient, service: Service) -> None:
    reply = answer_with(client, fresh_token(service, nps(service)), score=2)
    assert reply.json is not None
    assert (reply.json["survey"], reply.json["score"], reply.json["band"]) == (
        "nps",
        2,
        "detractor",
    )
    assert reply.json["follow_up"]
    assert reply.json["complete"] is False
    assert reply.json["editable_until"].endswith("Z")
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_save_carries_the_whole_state(client: FlaskClient, service: Service) -> None:
    token = fresh_token(service, nps(service))
    whole = {
        "score": 9,
        "comment": "quick 🚀",
        "complete": True,
        "context": {"page_url": "https://shop.example/a", "locale": "de", "traits": {"plan": "x"}},
    }
    for _ in range(3):
        assert answer_with(client, token, **whole).status_code in {200, 201}
    [stored] = rows(service, schema.responses)
    assert (stored["score"], stored["comment"], stored["complete"]) == (9, "quick 🚀", True)
    assert stored["page_url"] == "https://shop.example/a"


def test_what_is_left_out_stays_and_null_takes_a_comment_back(
    client: FlaskClient, service: Service
) -> None:
    token = fresh_token(service, nps(service))
    answer_with(client, token, score=3, comment="angry")
    answer_with(client, token, score=5)
    assert rows(service, schema.responses)[0]["comment"] == "angry"
    answer_with(client, token, comment=None)
    [stored] = rows(service, schema.responses)
    assert stored["score"] == 5
    assert not stored["comment"]


def test_text_plain_is_taken_as_browsers_send_it_without_asking(
    client: FlaskClient, service: Service
) -> None:
    body = json.dumps({"token": fresh_token(service, nps(service)), "score": 10})
    reply = client.post("/v1/responses", data=body, content_type="text/plain;charset=UTF-8")
    assert reply.status_code == 201
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_a_complete_answer_is_final_when_its_edit_window_is_over(
    client: FlaskClient, service: Service
) -> None:
    token = fresh_token(service, nps(service, edit_window_s=0))
    answer_with(client, token, score=9, complete=True)
    assert is_problem(answer_with(client, token, score=1), 409, "final")
    assert rows(service, schema.responses)[0]["score"] == 9


def test_an_expired_token_is_gone(client: FlaskClient, service: Service) -> None:
    token = link_token(service, nps(service), now=now() - 2 * DAY, lifetime=DAY)
    assert is_problem(answer_with(client, token, score=9), 410, "token-expired")
    assert rows(service, schema.responses) == []


def test_a_withdrawn_campaign_is_gone(client: FlaskClient, service: Service) -> None:
    survey = nps(service)
    token = fresh_token(service, survey, campaign="spring")
    revoke(service, survey.project_id, "campaign", "spring")
    assert is_problem(answer_with(client, token, score=9), 410, "token-revoked")
    assert rows(service, schema.responses) == []


def test_a_closed_survey_takes_nothing(client: FlaskClient, service: Service) -> None:
    survey = nps(service)
    token = fresh_token(service, survey)
    make_survey(service, survey.project_id, status="paused")
    assert is_problem(answer_with(client, token, score=9), 410, "survey-closed")
    assert rows(service, schema.responses) == []


def test_a_forged_token_is_refused_and_the_true_one_still_works(
    client: FlaskClient, service: Service
) -> None:
    token = fresh_token(service, nps(service))
    middle = len(token) // 2
    for forged in (
        token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :],
        token + "x",
        token[:-5],
        "nonsense",
        "ü",
        "a.b.c",
    ):
        assert is_problem(answer_with(client, forged, score=9), 401, "token-invalid")
    assert rows(service, schema.responses) == []
    assert answer_with(client, token, score=9).status_code == 201


def test_a_widget_token_and_a_customers_jwt_are_answered_the_same_way(
    client: FlaskClient, service: Service
) -> None:
    survey = nps(service)
    key = make_signing_key(service, survey.project_id)
    for token in (widget_token(service, survey, now=now()), jwt_token(key, now=now())):
        assert answer_with(client, token, score=7).status_code == 201
    assert {row["channel"] for row in rows(service, schema.responses)} >= {"widget"}


def test_any_page_may_ask_first(client: FlaskClient, service: Service) -> None:
    reply = client.options(
        "/v1/responses",
        headers={"Origin": "https://any.example", "Access-Control-Request-Method": "POST"},
    )
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in reply.headers
