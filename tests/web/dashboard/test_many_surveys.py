"""A project with more surveys than one looks at one by one."""

import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.summary import summaries, summary
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.reading.tiles import MANY
from tests.factories import DAY, answer, collect, link_token, make_survey
from tests.web.dashboard.browsing import HOME, words_of
from tests.web.dashboard.conftest import LogIn


def answered(service: Service, survey: Survey, scores: list[int], days_ago: int) -> None:
    at = now() - days_ago * DAY
    for number, score in enumerate(scores):
        token = link_token(service, survey, respondent=f"c{number}-{days_ago}", now=at)
        collect(service, token, answer(score), at)


@pytest.fixture
def many(service: Service, project_id: int) -> list[Survey]:
    """Surveys of which the last one has fallen, the one before has risen, and one is of a team."""
    found = [make_survey(service, project_id, key=f"shop-{n:02}") for n in range(MANY + 3)]
    found.append(make_survey(service, project_id, key="team", audience="employee"))
    answered(service, found[0], [10, 0] * 8, 2)
    answered(service, found[-2], [9] * 20, 40)
    answered(service, found[-2], [0] * 12, 2)
    answered(service, found[-3], [0] * 20, 40)
    answered(service, found[-3], [9] * 11, 2)
    answered(service, found[-1], [9] * 7, 2)
    return found


def test_proven_changes_come_first_and_the_rest_is_a_table(
    many: list[Survey], log_in: LogIn
) -> None:
    html = log_in("agent").see(HOME)
    page = words_of(html)
    assert f"9 of {len(many)} surveys" in page
    fallen, risen, most = (page.index(key) for key in ("shop-14", "shop-13", "shop-00"))
    assert fallen < risen < most
    table = words_of(html.partition('id="every"')[2])
    assert all(one.key in table for one in many)
    assert "Down 200 points, proven" in table


def test_any_of_them_is_looked_at_and_found(many: list[Survey], log_in: LogIn) -> None:
    visitor = log_in("analyst")
    assert "NPS by week shop-11" in words_of(visitor.see(f"{HOME}?survey=shop-11"))
    few = words_of(visitor.see(f"{HOME}?find=SHOP-0"))
    assert "shop-09" in few
    assert "shop-10" not in few
    assert "as a table" not in few
    assert "No survey is called so" in words_of(visitor.see(f"{HOME}?find=nothing"))
    listed = words_of(visitor.see(f"{HOME}surveys?find=shop-12"))
    assert "shop-12" in listed
    assert "shop-13" not in listed
    assert "No survey holds that" in words_of(visitor.see(f"{HOME}surveys?find=nothing"))
    for page in ("words", "outcomes"):
        assert "<option selected>shop-12" in visitor.see(f"{HOME}{page}?survey=shop-12")


def test_all_at_once_say_what_each_says_alone(
    service: Service, project_id: int, many: list[Survey]
) -> None:
    at = now()
    together = summaries(service, project_id, many, Asked(), at)
    for one in many:
        assert together[one.key] == summary(service, project_id, Asked(survey=one.key), at)
