"""Reports over HTTP: figures, changes, rankings, rates."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from feedback_service.domain.measures.bands import bands_from_edges
from feedback_service.domain.measures.scales import SCALES
from feedback_service.storage import catalog, counts, schema
from feedback_service.storage.counts import Issued
from feedback_service.storage.reports import tallying
from feedback_service.usecases.service import Service
from tests.factories import make_survey
from tests.storage.reports.answering import add_answer
from tests.web.api.reporting.answered import MONDAY, answer_all, at, day, report, values
from tests.web.calling import Headers


def test_the_summary_has_score_interval_definition_and_change(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop)
    answer_all(service, survey, {10: 50, 8: 30, 3: 20}, on=-3)
    answer_all(service, survey, {10: 80, 8: 10, 3: 10}, on=2)
    found = report(client, owner, "summary", survey="nps")
    assert (found["from"], found["to"], found["timezone"]) == (day(0), day(13), "UTC")
    assert found["before"] == {"from": day(-14), "to": day(-1)}
    (figure,) = found["figures"]
    assert (figure["score"], figure["n"], figure["verdict"]) == (70.0, 100, "score")
    assert figure["interval"][0] < 70 < figure["interval"][1]
    assert figure["counts"] == {"detractor": 10, "passive": 10, "promoter": 80}
    assert figure["distribution"] == {
        **dict.fromkeys(map(str, range(11)), 0),
        "10": 80,
        "8": 10,
        "3": 10,
    }
    assert list(figure["distribution"]) == [str(score) for score in range(11)]
    assert figure["definition"]["scale"] == "likelihood-11"
    assert figure["change"]["verdict"] == "changed_up"
    assert figure["change"]["size"] == 40.0
    assert figure["before"] == {"score": 30.0, "n": 100}
    assert figure["replies_needed"] == {"margin": 5, "replies": 628}


def test_few_replies_give_counts_only(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    answer_all(service, make_survey(service, shop), {9: 9})
    (figure,) = report(client, owner, "summary", survey="nps")["figures"]
    assert (figure["score"], figure["n"], figure["interval"]) == (None, 9, None)
    assert (figure["verdict"], figure["counts"]["promoter"]) == ("counts_only", 9)
    assert figure["change"] == {"verdict": "not_proven", "size": None, "margin": None}


def test_nobody_answered_is_a_figure_too(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    make_survey(service, shop, "ces")
    found = report(client, owner, "summary", survey="ces")
    assert [one["n"] for one in found["figures"]] == [0]
    assert (
        report(client, owner, "trend", survey="ces", by="week")["lines"][0]["points"][0]["n"] == 0
    )
    assert (
        report(client, owner, "segments", survey="ces", segment="locale")["definitions"][0][
            "segments"
        ]
        == []
    )


def test_definitions_are_never_mixed(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    csat5 = make_survey(service, shop, "csat", key="a")
    csat3 = make_survey(service, shop, "csat", key="b", scale="satisfaction-3")
    answer_all(service, csat5, {5: 30})
    answer_all(service, make_survey(service, shop, "csat", key="c"), {1: 10})
    answer_all(service, csat3, {3: 12})
    strict = bands_from_edges(
        SCALES["satisfaction-5"], {"dissatisfied": [1, 3], "neutral": [4, 4], "satisfied": [5, 5]}
    )
    answer_all(service, make_survey(service, shop, "csat", key="a", bands=strict), {4: 7})
    figures = report(client, owner, "summary", metric="csat")["figures"]
    told = {(one["definition"]["scale"], tuple(one["surveys"]), one["n"]) for one in figures}
    assert told == {
        ("satisfaction-5", ("a", "c"), 40),
        ("satisfaction-3", ("b",), 12),
        ("satisfaction-5", ("a",), 7),
    }
    assert len(report(client, owner, "summary", survey="a")["figures"]) == 2


def test_what_does_not_count_is_not_counted(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop)
    answer_all(service, survey, {9: 3})
    answer_all(service, survey, {0: 1}, test=True)
    answer_all(service, survey, {0: 1}, excluded="spam")
    answer_all(service, survey, {0: 1}, unconfirmed="unattended")
    add_answer(service, survey, at(0), None)  # type: ignore[arg-type]  # a dismissal has no score
    (figure,) = report(client, owner, "summary", survey="nps")["figures"]
    assert figure["counts"] == {"detractor": 0, "passive": 0, "promoter": 3}


def test_the_response_rate_has_its_denominator(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop)
    answer_all(service, survey, {9: 18}, channel="email")
    answer_all(service, survey, {9: 2}, channel="api")
    with service.database.write() as connection:
        counts.add(connection, [Issued(survey.id, MONDAY, "email", None, None, 20)])
        counts.add(connection, [Issued(survey.id, date(2026, 3, 3), "widget", None, None, 5)])
    (rate,) = report(client, owner, "summary", survey="nps")["response_rates"]
    assert (rate["survey"], rate["answered"], rate["asked"], rate["percent"]) == (
        "nps",
        20,
        25,
        80.0,
    )
    email = rate["channels"]["email"]
    assert (email["percent"], [round(end, 1) for end in email["interval"]]) == (90.0, [69.9, 97.2])
    assert rate["channels"]["widget"]["percent"] == 0.0
    assert rate["channels"]["api"]["percent"] is None, "who sent how many we do not know"


@pytest.mark.parametrize(
    ("by", "steps"),
    [
        ("day", [("2026-03-07", 1), ("2026-03-08", 2), ("2026-03-09", 0)]),
        ("week", [("2026-03-07", 3), ("2026-03-09", 0)]),
        ("month", [("2026-03-07", 3)]),
    ],
)
def test_the_trend_lies_on_the_calendar_of_the_project(
    client: FlaskClient,
    service: Service,
    shop: int,
    owner: Headers,
    by: str,
    steps: list[tuple[str, int]],
) -> None:
    with service.database.write() as connection:
        connection.execute(update(schema.projects).values(timezone="America/New_York"))
        catalog.bump(connection)
    survey = make_survey(service, shop)
    # 8 March has 23 hours there: from 5:00 UTC to 4:00 UTC of the 9th.
    add_answer(service, survey, at(6).replace(hour=4, minute=59), 9)
    add_answer(service, survey, at(6).replace(hour=5, minute=0), 9)
    add_answer(service, survey, at(7).replace(hour=3, minute=59), 9)
    asked = {"survey": "nps", "from": "2026-03-07", "to": "2026-03-09", "by": by}
    found = report(client, owner, "trend", **asked)
    (line,) = found["lines"]
    assert [(point["from"], point["n"]) for point in line["points"]] == steps
    assert found["timezone"] == "America/New_York"
    assert [point["partial"] for point in line["points"]] == [by != "day"] * len(steps)


def test_a_step_is_compared_with_the_one_before(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop)
    for on, scores in ((-4, {10: 40, 0: 40}), (1, {10: 80}), (9, {10: 40, 0: 40})):
        answer_all(service, survey, scores, on=on)
    (line,) = report(client, owner, "trend", survey="nps", by="week")["lines"]
    assert [(p["score"], p["change"]["verdict"]) for p in line["points"]] == [
        (100.0, "changed_up"),
        (0.0, "changed_down"),
    ]


def test_segments_are_ranked_by_proven_difference(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop)
    answer_all(service, survey, {10: 90, 0: 10}, traits={"plan": "gold"})
    answer_all(service, survey, {10: 50, 0: 40}, traits={"plan": "free"})
    answer_all(service, survey, {10: 10, 0: 80}, traits={"plan": "trial"})
    answer_all(service, survey, {10: 9, 0: 5}, traits={"other": "x"})
    found = report(client, owner, "segments", survey="nps", segment="trait:plan")
    (of_nps,) = found["definitions"]
    assert values(of_nps["segments"]) == ["trial", None, "free", "gold"] or values(
        of_nps["segments"]
    ) == ["trial", "free", None, "gold"]
    verdicts = {one["value"]: one["against_rest"]["verdict"] for one in of_nps["segments"]}
    assert (verdicts["trial"], verdicts["gold"]) == ("changed_down", "changed_up")
    assert sum(one["n"] for one in of_nps["segments"]) == of_nps["total"]["n"] == 294
    assert of_nps["left_out"] == 0


@pytest.mark.parametrize(
    ("segment", "value"),
    [
        ("touchpoint", "checkout"),
        ("channel", "sms"),
        ("journey_stage", "support"),
        ("campaign", "spring"),
        ("locale", "pt-BR"),
        ('trait:how "so"?', "a'b"),
    ],
)
def test_every_segment_can_be_asked_for(
    client: FlaskClient, service: Service, shop: int, owner: Headers, segment: str, value: str
) -> None:
    given: dict[str, Any] = {segment: value}
    if segment.startswith("trait:"):
        given = {"traits": {segment.removeprefix("trait:"): value}}
    answer_all(service, make_survey(service, shop), {9: 2}, **given)
    found = report(client, owner, "segments", survey="nps", segment=segment)
    assert values(found["definitions"][0]["segments"]) == [value]


def test_audiences_are_a_segment_over_surveys(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    answer_all(service, make_survey(service, shop, key="a"), {9: 8})
    answer_all(service, make_survey(service, shop, key="b", audience="partner"), {9: 7})
    found = report(client, owner, "segments", metric="nps", segment="audience")
    (both,) = found["definitions"]
    assert {one["value"]: one["n"] for one in both["segments"]} == {"customer": 8, "partner": 7}
    apart = report(client, owner, "summary", metric="nps")["figures"]
    assert {one["audience"]: one["n"] for one in apart} == {"customer": 8, "partner": 7}


def test_more_segments_than_anybody_reads_are_left_out(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop)
    for number in range(103):
        answer_all(service, survey, {9: 1 + (number < 100)}, campaign=f"c{number:03}")
    (found,) = report(client, owner, "segments", survey="nps", segment="campaign")["definitions"]
    assert (len(found["segments"]), found["left_out"], found["total"]["n"]) == (100, 3, 203)
    assert "c100" not in values(found["segments"])


def test_a_segment_that_tells_every_answer_apart_is_refused_and_the_reason_told(
    client: FlaskClient,
    service: Service,
    shop: int,
    owner: Headers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tallying, "MOST_TOLD_APART", 2)
    survey = make_survey(service, shop)
    for number in range(3):
        answer_all(service, survey, {9: 1}, traits={"order": f"{number}"})
    asked = {"survey": "nps", "segment": "trait:order", "from": day(0), "to": day(13)}
    refused = client.get("/v1/reports/segments", query_string=asked, headers=owner)
    assert refused.status_code == 422
    (fault,) = refused.get_json()["errors"]
    assert fault["pointer"] == "/segment"
    assert "a segment that many answers share" in fault["detail"]


def test_two_periods_and_two_segments_can_be_compared(
    client: FlaskClient, service: Service, shop: int, owner: Headers
) -> None:
    survey = make_survey(service, shop, "csat")
    answer_all(service, survey, {5: 40, 1: 60}, on=-40, channel="sms")
    answer_all(service, survey, {5: 80, 1: 20}, on=1, channel="sms")
    answer_all(service, survey, {5: 50}, on=1, channel="email")
    found = report(
        client, owner, "compare", survey="csat", against_from=day(-50), against_to=day(-30)
    )
    (periods,) = found["definitions"]
    assert (periods["a"]["score"], periods["b"]["n"]) == (40.0, 150)
    assert periods["change"]["verdict"] == "changed_up"
    found = report(client, owner, "compare", survey="csat", segment="channel", a="email", b="sms")
    (segments,) = found["definitions"]
    assert (segments["a"]["score"], segments["b"]["score"]) == (100.0, 80.0)
    assert segments["change"]["verdict"] == "changed_down"
    assert (found["a"]["value"], found["b"]["value"]) == ("email", "sms")
