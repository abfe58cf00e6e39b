"""Outcomes are told over HTTP: once, by place when wrong, and shown and erased with the person."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import outcomes
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey, rows
from tests.web.calling import bearer


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


@pytest.fixture
def client(settings: Settings, service: Service) -> FlaskClient:
    return create_app(settings, service).test_client()


ONE = {"respondent": "ann", "kind": "churned", "value": 12.5, "at": "2026-03-01T10:00:00+01:00"}


def test_telling_twice_is_telling_once(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    headers = bearer(service, survey.project_id)
    several = [ONE, {**ONE, "kind": "refund", "value": None}]
    for document, kept in ((ONE, (1, 0, 0)), (several, (1, 0, 1)), (several, (0, 0, 2))):
        reply = client.post("/v1/outcomes", json=document, headers=headers).get_json()
        assert (reply["added"], reply["changed"], reply["unchanged"]) == kept
    changed = client.post("/v1/outcomes", json={**ONE, "value": 13}, headers=headers).get_json()
    assert changed["changed"] == 1
    assert [row["value"] for row in rows(service, outcomes)] == [13.0, None]


def test_an_idempotency_key_repeats_the_reply(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    headers = {**bearer(service, survey.project_id), "Idempotency-Key": "one"}
    replies = [client.post("/v1/outcomes", json=[ONE], headers=headers) for _ in range(2)]
    assert [reply.get_json()["added"] for reply in replies] == [1, 1]
    assert replies[1].headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({**ONE, "kind": "vanished"}, "/kind"),
        ([ONE, {**ONE, "at": "yesterday"}], "/1/at"),
        ([ONE, {**ONE, "at": "2999-01-01T00:00:00Z"}], "/1/at"),
        ({**ONE, "value": 1e300}, "/value"),
        ({**ONE, "value": "12.50"}, "/value"),
        ({**ONE, "value": True}, "/value"),
        ({**ONE, "currency": "EUR"}, "/currency"),
        ({**ONE, "at": "2026-03-01T10:00:00"}, "/at"),
        ({**ONE, "at": "9999-12-31T23:59:59-14:00"}, "/at"),
        ({**ONE, "at": "0001-01-01T00:00:00+14:00"}, "/at"),
        ({**ONE, "respondent": " ann"}, "/respondent"),
    ],
)
def test_what_is_wrong_is_told_by_place_and_nothing_is_kept(
    client: FlaskClient,
    service: Service,
    survey: Survey,
    document: Any,
    pointer: str,
) -> None:
    headers = bearer(service, survey.project_id)
    reply = client.post("/v1/outcomes", json=document, headers=headers)
    assert reply.status_code == 422
    assert reply.get_json(force=True)["errors"][0]["pointer"] == pointer
    assert rows(service, outcomes) == []


def test_outcomes_are_shown_with_the_person_and_erased_with_them(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    headers = bearer(service, survey.project_id)
    client.post("/v1/outcomes", json=ONE, headers=headers)
    shown = client.get("/v1/respondents/ann", headers=headers).get_json()
    assert shown["outcomes"] == [
        {"kind": "churned", "value": 12.5, "at": "2026-03-01T09:00:00.000Z"}
    ]
    assert client.delete("/v1/respondents/ann", headers=headers).status_code == 204
    assert rows(service, outcomes) == []
