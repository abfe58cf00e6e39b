"""Employees and partners: no small group is shown, nor found by subtracting."""

from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.api.reporting.answered import answer_all, day, report
from tests.web.calling import Headers, bearer


@pytest.fixture
def company(service: Service) -> int:
    return make_project(service)


@pytest.fixture
def owner(service: Service, company: int) -> Headers:
    return bearer(service, company)


def people(figure: dict[str, Any]) -> int:
    """Return how many a figure shows; nothing of a hidden one may be there."""
    if figure["verdict"] != "hidden":
        return int(figure["n"])
    kept = {name for name, value in figure.items() if value is not None}
    assert kept <= {
        "verdict",
        "before",
        "from",
        "to",
        "partial",
        "value",
        "surveys",
        "audience",
        "definition",
    }
    return 0


@pytest.mark.parametrize("audience", ["employee", "partner"])
def test_fewer_than_five_are_hidden(
    client: FlaskClient, service: Service, company: int, owner: Headers, audience: str
) -> None:
    survey = make_survey(service, company, audience=audience)
    answer_all(service, survey, {9: 4})
    found = report(client, owner, "summary", survey="nps")
    assert found["figures"][0]["verdict"] == "hidden"
    assert people(found["figures"][0]) == 0
    assert found["response_rates"][0]["answered"] is None
    answer_all(service, survey, {9: 1})
    assert people(report(client, owner, "summary", survey="nps")["figures"][0]) == 5


def test_customers_are_shown_one_by_one(
    client: FlaskClient, service: Service, company: int, owner: Headers
) -> None:
    answer_all(service, make_survey(service, company), {9: 1})
    assert people(report(client, owner, "summary", survey="nps")["figures"][0]) == 1


def test_a_day_more_never_adds_a_single_person(
    client: FlaskClient, service: Service, company: int, owner: Headers
) -> None:
    survey = make_survey(service, company, audience="employee")
    for on, answered in enumerate((3, 1, 2, 1, 1, 4, 0, 1, 1, 6)):
        if answered:
            answer_all(service, survey, {9: answered}, on=on)
    shown = [
        people(report(client, owner, "summary", survey="nps", to=day(last))["figures"][0])
        for last in range(12)
    ]
    gaps = {later - earlier for earlier, later in pairwise(shown)}
    assert all(gap == 0 or gap >= 5 for gap in gaps), shown
    assert shown[-1] == 20
    points = report(client, owner, "trend", survey="nps", by="day")["lines"][0]["points"]
    assert {people(point) for point in points} <= {0} | set(range(5, 20))


def test_a_small_segment_hides_a_second_one(
    client: FlaskClient, service: Service, company: int, owner: Headers
) -> None:
    survey = make_survey(service, company, audience="employee")
    for site, answered in {"Bonn": 12, "Kiel": 7, "Ulm": 2, "Jena": 9}.items():
        answer_all(service, survey, {9: answered}, traits={"site": site})
    (found,) = report(client, owner, "segments", survey="nps", segment="trait:site")["definitions"]
    shown = {one["value"]: people(one) for one in found["segments"]}
    assert shown == {"Bonn": 12, "Kiel": 0, "Ulm": 0, "Jena": 9}
    rest = people(found["total"]) - sum(shown.values())
    assert rest == 9, "two sites together, 7 and 2"


def test_the_channels_of_the_response_rate_are_segments_too(
    client: FlaskClient, service: Service, company: int, owner: Headers
) -> None:
    survey = make_survey(service, company, audience="employee")
    answer_all(service, survey, {9: 8}, channel="email")
    answer_all(service, survey, {9: 1}, channel="sms")
    (rate,) = report(client, owner, "summary", survey="nps")["response_rates"]
    assert rate["answered"] == 9
    assert rate["channels"]["sms"]["answered"] is None
    assert rate["channels"]["email"]["answered"] is None


def test_comparing_hides_too(
    client: FlaskClient, service: Service, company: int, owner: Headers
) -> None:
    survey = make_survey(service, company, audience="employee")
    answer_all(service, survey, {9: 20}, locale="de")
    answer_all(service, survey, {9: 3}, locale="fr")
    asked = {"survey": "nps", "segment": "locale", "a": "de", "b": "fr"}
    (found,) = report(client, owner, "compare", **asked)["definitions"]
    assert people(found["b"]) == 0
    assert found["change"] is None
