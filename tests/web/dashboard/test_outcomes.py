"""The page of outcomes: the same figures as the API, and what is missing is said."""

from datetime import datetime
from typing import Any

import pytest

from feedback_service.domain.measures.outcomes import Outcome, months_after
from feedback_service.domain.surveys import Survey
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.outcomes.report import report_outcomes
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, make_survey
from tests.web.dashboard.browsing import HOME, words_of
from tests.web.dashboard.conftest import LogIn


def answered(service: Service, survey: Survey, ref: str, score: int, at: datetime) -> None:
    token = link_token(service, survey, now=at, respondent=ref, touchpoint="<b>shop")
    collect(service, token, answer(score), at)


@pytest.fixture
def followed(service: Service, nps: Survey) -> Survey:
    """Twelve detractors, six of whom left, and twelve promoters, two of whom left."""
    at = months_after(now(), -10)
    told: list[Outcome] = []
    for number in range(12):
        answered(service, nps, f"low-{number}", 2, at)
        answered(service, nps, f"high-{number}", 10, at)
        later = months_after(at, 2)
        told += [Outcome(f"low-{number}", "churned", later, 100.0)] if number < 6 else []
        told += [Outcome(f"high-{number}", "churned", later)] if number < 2 else []
    tell_outcomes(service, nps.project_id, told, now())
    return nps


def test_the_finding_comes_first_and_the_figures_are_the_reports(
    log_in: LogIn, service: Service, followed: Survey
) -> None:
    html = log_in("agent").see(f"{HOME}outcomes?within=6")
    page = words_of(html)
    found = report_outcomes(service, followed.project_id, followed.key, now(), within=6, back=24)
    churned = found.definitions[0].kinds[0]
    assert churned.sentence is not None
    assert churned.sentence[1:] in page
    assert "3.0 times as often" in page
    for name, share in churned.bands.items():
        if share.rate.interval is None:
            assert f"{name.capitalize()} \N{EN DASH} too few people 0 of 0" in page
            continue
        low, high = share.rate.interval
        shown = f"{name.capitalize()} {share.rate.percent:.1f} % {low:.1f} to {high:.1f}"
        assert f"{shown} {share.rate.hits} of {share.rate.total}" in page
    assert "<b>shop 33.3 %" in page
    assert "<b>shop" not in html
    assert "8 told in all" in page
    assert churned.caution is not None
    assert churned.caution[1:] in page


@pytest.mark.parametrize(
    ("within", "says"),
    [
        ("12", "Nobody has been followed for so long"),
        ("99", "within 6 months"),
        ("1", "0.0 %"),
    ],
)
def test_people_are_followed_for_as_long_as_one_chooses(
    log_in: LogIn, followed: Survey, within: str, says: str
) -> None:
    assert says in words_of(log_in("agent").see(f"{HOME}outcomes?within={within}"))


def test_an_empty_page_says_how_it_fills(log_in: LogIn, nps: Survey) -> None:
    page = words_of(log_in("agent").see(f"{HOME}outcomes"))
    assert "Nothing is known of what people did later" in page
    assert "feedback-service outcomes import" in page


def test_an_answer_shows_what_its_person_did(
    log_in: LogIn, service: Service, followed: Survey
) -> None:
    early = Outcome("low-0", "purchase", months_after(now(), -11), 1234.5)
    tell_outcomes(service, followed.project_id, [early], now())
    with service.database.read() as connection:
        wanted = Criteria(respondent="low-0")
        [(_, one)] = pages.page(connection, followed.project_id, wanted, 2)
    page = words_of(log_in("agent").see(f"{HOME}responses/{one.id}"))
    at = page.index("What low-0 did")
    assert "Left, 100.00" in page[at:]
    assert "Bought again, 1,234.50" in page[at:]
    assert page[at:].count("before this answer") == 1


def test_employees_are_not_followed(log_in: LogIn, service: Service, nps: Survey) -> None:
    make_survey(service, nps.project_id, key="enps", audience="employee")
    visitor = log_in("admin")
    assert "enps" not in words_of(visitor.see(f"{HOME}outcomes"))
    visitor.see(f"{HOME}outcomes?survey=enps", status=404)
    changes: dict[str, Any] = {"audience": "partner"}
    at = months_after(now(), -10)
    former = make_survey(service, nps.project_id, key="former", **changes)
    answered(service, former, "ann", 2, at)
    make_survey(service, nps.project_id, key="former")
    page = words_of(visitor.see(f"{HOME}outcomes?survey=former"))
    assert "lead to single people" in page
