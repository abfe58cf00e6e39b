"""GET /v1/responses/export: whole, safe, resumable, and of the own project only."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.domain.surveys import Survey
from feedback_service.storage.exporting import windows
from feedback_service.storage.words import search
from feedback_service.usecases.exporting.columns import NAMES
from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.service import Service
from tests.factories import NOW, answer, collect, link_token, make_project, make_survey
from tests.web.calling import bearer, is_problem

Row = dict[str, Any]


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def exported(client: FlaskClient, headers: Any, query: str = "") -> list[Row]:
    reply = client.get(f"/v1/responses/export?{query}", headers=headers)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(reply.get_data(as_text=True), newline="")))


def given(
    service: Service, survey: Survey, seconds: int = 0, comment: str | None = None, **token: Any
) -> str:
    at = NOW + timedelta(seconds=seconds)
    text = link_token(service, survey, **token)
    return collect(service, text, answer(seconds % 11, comment, complete=True), at).response.id


def test_a_row_carries_the_answer_and_what_makes_it_comparable(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    given(service, survey, 9, 'Said "fine",\nthen left', respondent="ann", traits={"plan": "pro"})
    [row] = exported(client, bearer(service, survey.project_id))
    assert tuple(row) == NAMES
    assert row["comment"] == 'Said "fine",\nthen left'
    assert (row["survey"], row["survey_version"], row["metric"]) == ("nps", "1", "nps")
    assert (row["score"], row["band"], row["unconfirmed"]) == ("9", "promoter", "false")
    assert json.loads(row["traits"]) == {"plan": "pro"}
    assert json.loads(row["bands"])["detractor"] == [0, 6]
    assert row["updated_at"] == "2026-11-24T12:00:09.000000Z"
    assert (row["dismissed_at"], row["test"], row["complete"]) == ("", "false", "true")


def test_ndjson_says_the_same_with_json_types(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    given(service, survey, 9, "=1+1\u2028\tfin", traits={"plan": "pro"})
    headers = bearer(service, survey.project_id)
    reply = client.get("/v1/responses/export?format=ndjson", headers=headers)
    assert reply.content_type == "application/x-ndjson"
    [line] = reply.get_data(as_text=True).strip("\n").split("\n")
    row = json.loads(line)
    assert tuple(row) == NAMES
    assert (row["score"], row["complete"], row["traits"]) == (9, True, {"plan": "pro"})
    assert (row["comment"], row["tags"], row["excluded"]) == ("=1+1\u2028\tfin", [], None)


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_a_formula_gets_an_apostrophe(
    client: FlaskClient, service: Service, survey: Survey, first: str
) -> None:
    given(service, survey, 3, f"{first}HYPERLINK(1)", respondent=f"{first}1")
    [row] = exported(client, bearer(service, survey.project_id))
    assert (row["comment"], row["respondent"]) == (f"'{first}HYPERLINK(1)", f"'{first}1")
    assert row["score"] == "3"


def test_broken_off_it_goes_on_after_the_last_row(
    client: FlaskClient, service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "WINDOW", 3)
    ids = [given(service, survey, second // 2) for second in range(11)]
    headers = bearer(service, survey.project_id)
    whole = exported(client, headers)
    assert sorted(row["id"] for row in whole) == sorted(ids)
    for last in range(len(whole)):
        cursor = f"{whole[last]['updated_at']},{whole[last]['id']}"
        assert exported(client, headers, f"cursor={cursor}") == whole[last + 1 :]


@pytest.mark.parametrize("frequent", [2, 100_000], ids=["a frequent word", "a rare word"])
def test_it_takes_the_filters_of_the_list(
    client: FlaskClient,
    service: Service,
    survey: Survey,
    monkeypatch: pytest.MonkeyPatch,
    frequent: int,
) -> None:
    monkeypatch.setattr(windows, "WINDOW", 2)
    monkeypatch.setattr(search, "_FREQUENT", frequent)
    given(service, survey, 1, "late parcel", campaign="spring")
    wanted = given(service, survey, 2, "late again", campaign="autumn")
    given(service, survey, 3, campaign="autumn")
    given(service, survey, 10, "late", campaign="autumn")
    given(service, make_survey(service, survey.project_id, "ces"), 2, "late", campaign="autumn")
    headers = bearer(service, survey.project_id)
    query = "survey=nps&band=detractor&campaign=autumn&q=late&channel=email&unconfirmed=false"
    assert [row["id"] for row in exported(client, headers, query)] == [wanted]
    since = "updated_since=2026-11-24T12:00:10Z"
    assert [row["score"] for row in exported(client, headers, since)] == ["10"]


def test_another_project_is_not_in_it(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    given(service, survey, 1)
    stranger = bearer(service, make_project(service, "rival"))
    assert exported(client, stranger) == []
    assert exported(client, stranger, "survey=nps") == []


def test_an_erased_person_is_a_bare_score_in_it(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    given(service, survey, 1, "my name is Ann", respondent="ann", traits={"plan": "pro"})
    forget_respondent(service, survey.project_id, "ann", NOW)
    [row] = exported(client, bearer(service, survey.project_id))
    assert (row["score"], row["comment"], row["respondent"], row["traits"]) == ("1", "", "", "{}")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=yesterday", "/cursor"),
        ("cursor=2026-11-24T12:00:00,rsp_1", "/cursor"),
        ("format=xlsx", "/format"),
        ("colour=red", "/colour"),
    ],
)
def test_a_wrong_question_is_told_by_field(
    client: FlaskClient, service: Service, survey: Survey, query: str, field: str
) -> None:
    reply = client.get(f"/v1/responses/export?{query}", headers=bearer(service, survey.project_id))
    assert reply.status_code == 422
    assert reply.get_json(force=True)["errors"][0]["pointer"] == field


def test_it_needs_the_scope_of_reading(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    headers = bearer(service, survey.project_id, "surveys:read")
    reply = client.get("/v1/responses/export", headers=headers)
    assert is_problem(reply, 403, "scope-missing")
