"""The journey over HTTP: every stage with every measure, and the surveys that are at it."""

from typing import Any

from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.factories import make_survey
from tests.web.api.reporting.answered import answer_all, report
from tests.web.calling import Headers


def test_the_journey_shows_every_stage_with_every_measure(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    answer_all(service, make_survey(service, shop, "nps"), {9: 4}, journey_stage="support")
    answer_all(service, make_survey(service, shop, "ces"), {7: 3}, journey_stage="support")
    answer_all(service, make_survey(service, shop, "csat"), {5: 2})
    stages = report(client, owner, "journey")["stages"]
    assert [stage["journey_stage"] for stage in stages][:3] == [
        "awareness",
        "discovery",
        "purchase",
    ]
    by_stage = {
        stage["journey_stage"]: {one["definition"]["metric"]: one["n"] for one in stage["figures"]}
        for stage in stages
    }
    assert by_stage["support"] == {"nps": 4, "ces": 3}
    assert (by_stage["use"], by_stage[None]) == ({}, {"csat": 2})
    only_ces = report(client, owner, "journey", metric="ces")["stages"]
    assert sum(len(stage["figures"]) for stage in only_ces) == 1


def test_a_stage_names_the_surveys_that_are_at_it(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    """Of one definition, at different stages, and one that has moved since."""
    answer_all(service, make_survey(service, shop, key="bought"), {9: 4}, journey_stage="purchase")
    answer_all(service, make_survey(service, shop, key="used"), {8: 3}, journey_stage="use")
    moved = make_survey(service, shop, key="moved")
    answer_all(service, moved, {7: 2}, journey_stage="use")
    answer_all(service, moved, {6: 5}, on=-5, journey_stage="purchase")
    stages = {
        stage["journey_stage"]: [(one["surveys"], one["n"]) for one in stage["figures"]]
        for stage in report(client, owner, "journey")["stages"]
    }
    assert stages["purchase"] == [(["bought"], 4)]
    assert stages["use"] == [(["moved", "used"], 5)]


def test_a_stage_of_employees_names_who_asks_there_not_who_was_answered(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    staff: dict[str, Any] = {"audience": "employee", "journey_stage": "use"}
    asked = make_survey(service, shop, key="asked", **staff)
    make_survey(service, shop, key="silent", **staff)
    make_survey(service, shop, key="elsewhere", audience="employee", journey_stage="support")
    answer_all(service, asked, {9: 7}, journey_stage="use")
    stages = {
        stage["journey_stage"]: [one["surveys"] for one in stage["figures"]]
        for stage in report(client, owner, "journey")["stages"]
    }
    assert stages["use"] == [["asked", "silent"]]
