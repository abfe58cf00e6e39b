"""What people did after they answered: counted once, for as long for everybody, told with doubt."""

from datetime import UTC, datetime
from math import sqrt
from statistics import fmean, stdev
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.outcomes import Outcome, Worth, months_after, risk_ratio
from feedback_service.domain.surveys import Survey
from feedback_service.storage.outcomes import followed
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.outcomes import report as report_module
from feedback_service.usecases.outcomes.report import OutcomeReport, report_outcomes
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.usecases.service import Service
from tests.factories import NOW, answer, collect, link_token, make_project, make_survey
from tests.web.calling import bearer, is_problem


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def answered(service: Service, survey: Survey, ref: str, score: int, months_ago: int) -> None:
    at = months_after(NOW, -months_ago)
    token = link_token(service, survey, now=at, respondent=ref, touchpoint="checkout")
    collect(service, token, answer(score), at)


def did(
    service: Service, survey: Survey, ref: str, kind: Any, months_ago: int, value: float = 1
) -> None:
    told = [Outcome(ref, kind, months_after(NOW, -months_ago), value)]
    tell_outcomes(service, survey.project_id, told, NOW)


def report(service: Service, survey: Survey, within: int = 6) -> OutcomeReport:
    return report_outcomes(service, survey.project_id, survey.key, NOW, within=within, back=24)


def test_bands_touchpoints_and_the_ratio(
    service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed, "PORTION", 7)
    for number in range(20):
        answered(service, survey, f"low-{number:02}", 2, 12)
        answered(service, survey, f"high-{number:02}", 10, 12)
    for number in range(12):
        did(service, survey, f"low-{number:02}", "churned", 10, 50)
    for number in range(3):
        did(service, survey, f"high-{number:02}", "churned", 9, 10)
    [found] = report(service, survey).definitions
    assert found.people == 40
    [churned] = found.kinds
    bad, middle, good = churned.bands.values()
    assert (bad.rate.hits, bad.rate.total, bad.rate.percent) == (12, 20, 60.0)
    assert (good.rate.hits, good.value, good.mean) == (3, 30.0, 1.5)
    assert (middle.rate.total, middle.rate.percent) == (0, None)
    assert churned.touchpoints["checkout"].rate.hits == 15
    assert churned.ratio is not None
    assert churned.ratio.times == 4.0
    said = "a detractor churns 4.0 times as often as a promoter (95 % 1.3\N{EN DASH}12.1)"
    assert churned.sentence == said


@pytest.mark.parametrize(
    ("answer_ago", "outcome_ago", "people", "hits"),
    [
        pytest.param(12, 7, 1, 1, id="five months after the answer"),
        pytest.param(12, 6, 1, 1, id="just inside"),
        pytest.param(12, 5, 1, 0, id="too long after it"),
        pytest.param(12, 13, 1, 0, id="before the answer"),
        pytest.param(5, 4, 0, 0, id="answered too lately to be followed as long as others"),
        pytest.param(25, 24, 0, 0, id="further back than it looks"),
    ],
)
def test_who_is_counted(
    service: Service, survey: Survey, answer_ago: int, outcome_ago: int, people: int, hits: int
) -> None:
    answered(service, survey, "ann", 2, answer_ago)
    did(service, survey, "ann", "complaint", outcome_ago)
    [found] = report(service, survey).definitions
    assert found.people == people
    assert sum(kind.bands["detractor"].rate.hits for kind in found.kinds) == hits


def test_a_person_counts_once_with_the_first_answer(service: Service, survey: Survey) -> None:
    answered(service, survey, "ann", 2, 12)
    answered(service, survey, "ann", 10, 8)
    did(service, survey, "ann", "purchase", 9, 20)
    did(service, survey, "ann", "purchase", 7, 30)
    did(service, survey, "ann", "purchase", 5, 40)
    [found] = report(service, survey).definitions
    [bought] = found.kinds
    assert (found.people, bought.bands["promoter"].rate.total) == (1, 0)
    assert (bought.bands["detractor"].rate.hits, bought.bands["detractor"].value) == (1, 50.0)


def test_what_is_known_of_a_kind_is_said_also_where_nobody_did_it(
    service: Service, survey: Survey
) -> None:
    answered(service, survey, "ann", 2, 12)
    did(service, survey, "somebody else", "churned", 20)
    did(service, survey, "somebody else", "churned", 3)
    [found] = report(service, survey).definitions
    [churned] = found.kinds
    assert churned.told.count == 2
    span = (months_after(NOW, -20), months_after(NOW, -3))
    assert (churned.told.first, churned.told.last) == span
    assert (churned.bands["detractor"].rate.hits, churned.bands["detractor"].rate.total) == (0, 1)


@pytest.mark.parametrize(
    ("came_back", "hits", "at_risk"),
    [
        pytest.param(None, 0, 1, id="who had left cannot leave again"),
        pytest.param(13, 1, 2, id="who came back can"),
        pytest.param(11, 0, 1, id="coming back later does not change what was"),
    ],
)
def test_who_had_left_before_they_answered(
    service: Service, survey: Survey, came_back: int | None, hits: int, at_risk: int
) -> None:
    answered(service, survey, "ann", 2, 12)
    answered(service, survey, "bob", 3, 12)
    did(service, survey, "ann", "churned", 14)
    did(service, survey, "ann", "churned", 10)
    did(service, survey, "ann", "complaint", 10)
    if came_back is not None:
        did(service, survey, "ann", "renewed", came_back)
    [found] = report(service, survey).definitions
    kinds = {kind.kind: kind for kind in found.kinds}
    for share in (
        kinds["churned"].bands["detractor"],
        kinds["churned"].touchpoints["checkout"],
    ):
        assert (share.rate.hits, share.rate.total) == (hits, at_risk)
    complained = kinds["complaint"].bands["detractor"]
    assert (complained.rate.hits, complained.rate.total) == (1, 2)


@pytest.mark.parametrize(
    ("first", "last", "caution"),
    [
        pytest.param(18, 1, None, id="for the whole time"),
        pytest.param(17, 1, "nothing before 2025-06-24 is told", id="from too late on"),
        pytest.param(18, 2, "nothing after 2026-09-24 is told", id="not for weeks"),
        pytest.param(3, 3, "nothing before 2026-08-24 is told and nothing after", id="both"),
    ],
)
def test_what_was_not_told_is_told(
    service: Service, survey: Survey, first: int, last: int, caution: str | None
) -> None:
    answered(service, survey, "ann", 2, 12)
    did(service, survey, "bob", "churned", first)
    did(service, survey, "bob", "churned", last)
    [churned] = report(service, survey).definitions[0].kinds
    assert (churned.caution is None) == (caution is None)
    assert (caution or "") in (churned.caution or "")


def test_the_touchpoints_with_most_people_are_shown_and_the_others_counted(
    service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_module, "MOST_TOUCHPOINTS", 2)
    at = months_after(NOW, -12)
    for number, touchpoint in enumerate(("rare", "shop", "call", "shop", "call")):
        token = link_token(service, survey, now=at, respondent=f"p{number}", touchpoint=touchpoint)
        collect(service, token, answer(2), at)
    did(service, survey, "p0", "churned", 11)
    [found] = report(service, survey).definitions
    assert list(found.kinds[0].touchpoints) == ["call", "shop"]
    assert (found.touchpoints_left_out, found.people) == (1, 5)


def test_what_does_not_count_elsewhere_does_not_count_here(
    service: Service, survey: Survey
) -> None:
    at = months_after(NOW, -12)
    collect(service, link_token(service, survey, now=at, respondent="t", test=True), answer(2), at)
    left_out = collect(service, link_token(service, survey, now=at, respondent="x"), answer(2), at)
    mark_response(service, survey.project_id, left_out.response.id, {"excluded": "a joke"}, NOW)
    collect(service, link_token(service, survey, now=at), answer(2), at)
    assert report(service, survey).definitions[0].people == 0


def test_a_group_of_a_few_has_no_ratio() -> None:
    assert risk_ratio(3, 9, 1, 1_000) is None
    assert risk_ratio(3, 10, 1, 1_000) is not None


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40),
    st.integers(0, 40),
    st.sampled_from([0.0, 1e11]),
)
def test_the_interval_of_a_mean_is_that_of_the_values(
    values: list[float], nothing: int, far: float
) -> None:
    values = [far + value for value in values]
    worth = Worth()
    for value in values:
        worth.add(value)
    everybody = values + [0.0] * nothing
    found = worth.interval(len(everybody))
    if len(everybody) < 30:
        assert found is None
        return
    assert found is not None
    margin = 1.96 * stdev(everybody) / sqrt(len(everybody))
    assert (found.high - found.low) / 2 == pytest.approx(margin, rel=1e-6, abs=1e-3)
    assert (found.high + found.low) / 2 == pytest.approx(fmean(everybody), rel=1e-6, abs=1e-3)


def test_employees_are_not_followed(service: Service) -> None:
    survey = make_survey(service, make_project(service), audience="employee")
    with pytest.raises(InvalidValue, match="single people"):
        report(service, survey)


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 200), st.integers(0, 200))
def test_the_ratio_lies_in_its_interval_and_turns_round(
    hits: int, more: int, other_hits: int, other_more: int
) -> None:
    more, other_more = more + 9, other_more + 9
    found = risk_ratio(hits, hits + more, other_hits, other_hits + other_more)
    back = risk_ratio(other_hits, other_hits + other_more, hits, hits + more)
    assert found is not None
    assert back is not None
    assert found.interval.low <= found.times * (1 + 1e-9)
    assert found.times <= found.interval.high * (1 + 1e-9)
    assert back.times == pytest.approx(1 / found.times)
    assert back.interval.low == pytest.approx(1 / found.interval.high)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), st.integers(-200, 200))  # noqa: DTZ001  # made aware below
@settings(max_examples=50)
def test_months_keep_the_day_or_take_the_last(at: datetime, months: int) -> None:
    moved = months_after(at.replace(tzinfo=UTC), months)
    assert (moved.year * 12 + moved.month) - (at.year * 12 + at.month) == months
    assert moved.day <= at.day
    assert moved.day == at.day or months_after(moved, 0).day >= 28


@pytest.fixture
def client(settings: Settings, service: Service) -> FlaskClient:
    return create_app(settings, service).test_client()


ONE = {"respondent": "ann", "kind": "churned", "value": 12.5, "at": "2026-03-01T10:00:00+01:00"}


def test_another_project_sees_and_counts_nothing(
    client: FlaskClient, service: Service, survey: Survey
) -> None:
    answered(service, survey, "ann", 2, 12)
    rival = make_survey(service, make_project(service, "rival"), key="theirs")
    stranger = bearer(service, rival.project_id)
    client.post("/v1/outcomes", json=ONE, headers=stranger)
    [found] = report(service, survey).definitions
    assert (found.people, found.kinds) == (1, ())
    reply = client.get(f"/v1/reports/outcomes?survey={survey.key}", headers=stranger)
    assert is_problem(reply, 404, "not-found")
    assert client.get("/v1/reports/outcomes?survey=theirs", headers=stranger).status_code == 200
