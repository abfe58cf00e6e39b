"""GET /v1/reports/words: what each band talks about, and what changed."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.reporting import hearing
from feedback_service.usecases.service import Service
from tests.factories import DAY, NOW, answer, collect, link_token, make_project, make_survey
from tests.web.calling import bearer

PERIOD = {"survey": "nps", "from": "2026-11-20", "to": "2026-11-25"}


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def said(
    service: Service,
    survey: Survey,
    comment: str | None,
    score: int = 3,
    before: timedelta = timedelta(),
    **token: Any,
) -> Response:
    at = NOW - before
    text = link_token(service, survey, now=at, **token)
    return collect(service, text, answer(score, comment), at).response


def bands(client: FlaskClient, service: Service, survey: Survey, **query: Any) -> dict[str, Any]:
    reply = client.get(
        "/v1/reports/words",
        query_string={**PERIOD, **query},
        headers=bearer(service, survey.project_id),
    )
    assert reply.status_code == 200, reply.get_json()
    [definition] = reply.get_json()["definitions"]
    return {band["band"]: band for band in definition["bands"]}


def counted(said: list[dict[str, Any]], name: str = "word") -> dict[str, int]:
    return {one[name]: one["comments"] for one in said}


def test_words_are_counted_once_a_comment_by_band_without_small_change(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    said(service, survey, "The parcel was late. The PARCEL!")
    said(service, survey, "A parcel in the rain")
    said(service, survey, "Die Lieferung war zu spät", locale="de")
    said(service, survey, "A lovely parcel", score=10)
    said(service, survey, None)
    found = bands(client, service, survey)
    assert list(found) == ["detractor", "passive", "promoter"]
    low = found["detractor"]
    assert low["comments"] == 3
    assert counted(low["words"]) == {"parcel": 2, "late": 1, "rain": 1, "lieferung": 1, "spät": 1}
    assert next(iter(counted(low["words"]))) == "parcel"
    assert counted(found["promoter"]["words"]) == {"lovely": 1, "parcel": 1}
    assert found["passive"] == {"band": "passive", "comments": 0, "words": [], "tags": []}


def test_tags_are_counted_too(client: FlaskClient, service: Service, survey: Survey) -> None:
    first = said(service, survey, "slow")
    said(service, survey, "slow again")
    mark_response(service, survey.project_id, first.id, {"tags": ["vip"]}, NOW)
    assert counted(bands(client, service, survey)["detractor"]["tags"], "tag") == {"vip": 1}


def test_what_changed_since_the_period_before_is_told(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    for number in range(20):
        said(service, survey, "late" if number < 15 else "rude")
        said(service, survey, "late" if number < 3 else "rude", before=6 * DAY)
    [first, second] = bands(client, service, survey)["detractor"]["words"]
    assert (first["word"], first["comments"], first["comments_before"]) == ("late", 15, 3)
    assert first["percent"] == 75.0
    assert first["change"]["verdict"] == "changed_up"
    assert first["change"]["size"] == pytest.approx(60.0)
    assert (second["word"], second["change"]["verdict"]) == ("rude", "changed_down")


def test_answers_that_do_not_count_are_left_out(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    said(service, survey, "counts")
    said(service, survey, "trial", test=True)
    out = said(service, survey, "excluded")
    mark_response(service, survey.project_id, out.id, {"excluded": "a colleague"}, NOW)
    assert counted(bands(client, service, survey)["detractor"]["words"]) == {"counts": 1}


def test_of_very_many_comments_the_newest_are_looked_at(
    client: FlaskClient, service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MOST_COMMENTS", 2)
    for number, comment in enumerate(("pear", "apple", "plum")):
        said(service, survey, comment, before=number * timedelta(hours=1))
    reply = client.get(
        "/v1/reports/words",
        query_string={**PERIOD, "top": 1},
        headers=bearer(service, survey.project_id),
    ).get_json()
    assert (reply["comments"], reply["looked_at"]) == (3, 2)
    [band, *_] = reply["definitions"][0]["bands"]
    assert [one["word"] for one in band["words"]] == ["apple"]


def test_what_single_employees_said_is_hidden(client: FlaskClient, service: Service) -> None:
    survey = make_survey(service, make_project(service), audience="employee")
    for number in range(6):
        said(service, survey, "canteen" if number else "canteen boss")
    found = bands(client, service, survey)
    assert counted(found["detractor"]["words"]) == {"canteen": 6}
    said(service, survey, "pay", score=10)
    assert bands(client, service, survey)["promoter"]["comments"] in {0, None}


def test_what_an_employee_said_cannot_be_subtracted(client: FlaskClient, service: Service) -> None:
    """Neither beside customers, nor by a period that is a day longer."""
    project = make_project(service)
    staff = make_survey(service, project, audience="employee", key="staff")
    customers = make_survey(service, project)
    for _ in range(5):
        said(service, staff, "canteen", before=2 * DAY)
        said(service, staff, None, before=DAY)
        said(service, customers, "shop", before=DAY)
    said(service, staff, "canteen boss", before=DAY)

    def canteen(last: str) -> list[int]:
        reply = client.get(
            "/v1/reports/words",
            query_string={"metric": "nps", "from": "2026-11-20", "to": last},
            headers=bearer(service, project),
        ).get_json()
        return [
            word["comments"]
            for definition in reply["definitions"]
            for band in definition["bands"]
            for word in band["words"]
            if word["word"] == "canteen"
        ]

    assert canteen("2026-11-22") == canteen("2026-11-24") == [5]


def test_employees_of_whom_too_few_answered_are_not_heard(
    client: FlaskClient, service: Service
) -> None:
    survey = make_survey(service, make_project(service), audience="employee")
    for _ in range(4):
        said(service, survey, "boss")
    found = bands(client, service, survey)
    assert {(band["comments"], len(band["words"])) for band in found.values()} <= {
        (0, 0),
        (None, 0),
    }


def test_a_survey_that_is_not_there_is_said(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    headers = bearer(service, survey.project_id)
    assert client.get("/v1/reports/words?survey=x", headers=headers).status_code == 404
    assert client.get("/v1/reports/words", headers=headers).status_code == 422
