"""The figures on the pages are those of the API."""

from typing import Any

import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.showing import words
from tests.factories import DAY, answer, collect, link_token, make_survey
from tests.web.calling import bearer
from tests.web.dashboard.browsing import HOME, Visitor, words_of
from tests.web.dashboard.conftest import LogIn


def answered(service: Service, survey: Survey, scores: list[int], days_ago: int = 0) -> list[str]:
    """Collect answers by link; returns their ids."""
    at = now() - days_ago * DAY
    return [
        collect(service, link_token(service, survey, respondent=f"c{n}-{days_ago}", now=at),
                answer(score), at).response.id
        for n, score in enumerate(scores)
    ]  # fmt: skip


def told(visitor: Visitor, service: Service, project_id: int, survey: str) -> Any:
    """Return the first figure of the API's summary."""
    reply = visitor.client.get(
        f"/v1/reports/summary?survey={survey}", headers=bearer(service, project_id, "reports:read")
    )
    return reply.get_json()


@pytest.mark.parametrize("people", [9, 10, 30])
def test_a_tile_says_what_the_api_says(
    service: Service, project_id: int, nps: Survey, log_in: LogIn, people: int
) -> None:
    answered(service, nps, [10] * (people - 3) + [7, 2, 0])
    answered(service, nps, [3] * 20 + [9] * 11, days_ago=35)
    visitor = log_in("agent")
    said = words_of(visitor.see(HOME))
    document = told(visitor, service, project_id, "nps")
    figure = document["figures"][0]
    assert figure["n"] == people
    assert words.people(people) in said
    if people < 10:
        assert figure["score"] is None
        assert "Too few answers for a score" in said
        return
    low, high = figure["interval"]
    assert words.score("nps", figure["score"]) in said
    assert f"{words.score('nps', low)} to {words.score('nps', high)}" in said
    assert ("Indicative" in said) == (figure["verdict"] == "indicative")
    assert figure["change"]["verdict"] == "changed_up"
    assert f"Up {words.points(figure['change']['size'])}, proven" in said
    rate = document["response_rates"][0]
    assert f"{rate['answered']} answered" in said or f"({rate['answered']:,} of" in said
    for score, count in figure["distribution"].items():
        band = nps.definition.bands.of_score[int(score)]
        assert f"{score} ({words.spoken(band)}) {100 * count / people:.0f} % {count}" in said


def test_leaving_an_answer_out_does_to_the_score_what_was_said(
    service: Service, project_id: int, nps: Survey, log_in: LogIn
) -> None:
    ids = answered(service, nps, [10] * 20 + [0] * 10)
    visitor = log_in("analyst")
    page = f"{HOME}responses/{ids[-1]}"
    before = told(visitor, service, project_id, "nps")["figures"][0]
    promise = words_of(visitor.see(page))
    reply = visitor.send(f"{page}/exclude", reason="a colleague")
    assert reply.status_code == 303
    after = told(visitor, service, project_id, "nps")["figures"][0]
    assert (before["n"], after["n"]) == (30, 29)
    effect = (
        f"{words.score('nps', before['score'])} from 30 answers with it, "
        f"{words.score('nps', after['score'])} from 29 answers without it"
    )
    assert effect in promise.replace(" from", " from").replace("  ", " ")
    # It still says both once the answer is out, and putting it back restores the figure.
    assert effect in words_of(visitor.see(page))
    visitor.send(f"{page}/exclude")
    assert told(visitor, service, project_id, "nps")["figures"][0] == before


def test_few_employees_stay_hidden_on_every_page(
    service: Service, project_id: int, log_in: LogIn
) -> None:
    team = make_survey(service, project_id, key="team", audience="employee")
    ids = answered(service, team, [0, 1, 2])
    visitor = log_in("admin")
    for path in (HOME, f"{HOME}journey", f"{HOME}live/overview"):
        assert "too few people" in visitor.see(path)
    assert "without it" not in visitor.see(f"{HOME}responses/{ids[0]}")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (-0.04, "0"),
        (0.04, "0"),
        (-0.06, "\N{MINUS SIGN}0.1"),
        (3, "+3.0"),
        (-12.4, "\N{MINUS SIGN}12"),
    ],
)
def test_a_difference_has_a_sign_unless_it_is_none(size: float, said: str) -> None:
    assert words.signed(size) == said
