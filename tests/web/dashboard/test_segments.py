"""Where it hurts: from a falling touchpoint to the very people behind it."""

import html
import re
from datetime import UTC, date, datetime

import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.segments import segments
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import make_survey
from tests.storage.reports.answering import add_answers
from tests.web.dashboard.browsing import HOME, words_of
from tests.web.dashboard.conftest import LogIn

DAYS = "from=2025-11-01&to=2025-11-30"
AT = datetime(2025, 11, 12, 12, tzinfo=UTC)
BANDS = {2: "detractor", 8: "passive", 10: "promoter"}


@pytest.fixture
def answered(service: Service, nps: Survey) -> Survey:
    """Checkout hurts, the shop is liked, of support hardly anything is known."""
    given = {
        "<b>checkout": (2,) * 31 + (10,) * 9,
        "shop": (10,) * 36 + (8,) * 4,
        "support": (2,) * 4,
    }
    add_answers(
        service,
        nps,
        [
            {"at": AT, "score": score, "band": BANDS[score], "touchpoint": place, "campaign": "q4"}
            | {"traits": {"plan": "pro" if place == "shop" else "free"}}
            for place, scores in given.items()
            for score in scores
        ],
    )
    return nps


def test_the_page_tells_what_the_report_tells(
    log_in: LogIn, service: Service, answered: Survey
) -> None:
    raw = log_in("agent").see(f"{HOME}segments?survey=nps&{DAYS}")
    page = words_of(raw)
    asked = Asked("nps", None, date(2025, 11, 1), date(2025, 11, 30))
    found = segments(service, answered.project_id, asked, "touchpoint", now()).definitions[0]
    assert [one.value for one in found.segments] == ["<b>checkout", "support", "shop"]
    figure = found.segments[0].reported.figure
    against = found.segments[0].against_rest
    assert figure is not None
    assert against is not None
    assert against.size is not None
    assert "<b>checkout \N{MINUS SIGN}55" in page
    assert f"{-against.size:.0f} points worse, proven" in page
    assert re.search(r"shop \+90 \+\d+ to \+\d+ 40 .*points better, proven", page)
    assert "<b>checkout" not in raw


def test_few_answers_are_no_score(log_in: LogIn, answered: Survey) -> None:
    page = words_of(log_in("agent").see(f"{HOME}segments?{DAYS}"))
    assert "support \N{EN DASH} too few answers 4 too few answers" in page


def test_behind_the_number_of_detractors_are_so_many_answers(
    log_in: LogIn, answered: Survey
) -> None:
    visitor = log_in("agent")
    raw = visitor.see(f"{HOME}segments?{DAYS}")
    links = re.findall(r'<a href="([^"]+)">(\d+)<span class="hidden">', raw)
    assert [number for _path, number in links] == ["31", "4"]
    listed = visitor.see(html.unescape(links[1][0]))
    assert listed.count('class="answer"') == 4
    by_campaign = visitor.see(f"{HOME}segments?by=campaign&{DAYS}")
    assert "there are no others" in words_of(by_campaign)
    ((path, number),) = re.findall(r'<a href="([^"]+)">(\d+)<span class="hidden">', by_campaign)
    assert number == "35"
    assert "campaign=q4" in path
    visitor.see(html.unescape(path))


def test_a_trait_is_offered_and_can_be_typed(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("agent")
    assert "by=trait:plan" in visitor.see(f"{HOME}segments?{DAYS}").replace("%3A", ":")
    page = words_of(visitor.see(f"{HOME}segments?trait=plan&{DAYS}"))
    assert "NPS by plan" in page
    assert re.search(r"free \N{MINUS SIGN}59", page)


def test_what_is_mistyped_is_said(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("agent")
    assert "use channel, touchpoint" in words_of(visitor.see(f"{HOME}segments?by=shoe", 422))
    assert "no survey 'none'" in words_of(visitor.see(f"{HOME}segments?survey=none", 404))


def test_few_employees_stay_hidden_and_unlinked(
    log_in: LogIn, service: Service, project_id: int
) -> None:
    team = make_survey(service, project_id, key="team", audience="employee")
    add_answers(
        service,
        team,
        [
            {"at": AT, "score": 2, "band": "detractor", "touchpoint": place}
            for place, many in (("office", 12), ("shop", 9), ("home", 3))
            for _ in range(many)
        ],
    )
    raw = log_in("agent").see(f"{HOME}segments?survey=team&{DAYS}")
    assert "Hidden: too few people answered" in words_of(raw)
    assert "band=detractor" not in raw
    assert "band=detractor" in log_in("admin").see(f"{HOME}segments?survey=team&{DAYS}")


def test_overview_and_journey_lead_on(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("agent")
    overview = html.unescape(visitor.see(f"{HOME}?{DAYS}"))
    assert f'{HOME}segments?survey=nps&{DAYS}">Where it hurts' in overview
    assert f'{HOME}responses?survey=nps&band=detractor&{DAYS}">detractor' in overview
    assert f'{HOME}?survey=nps&{DAYS}#depth">nps' in html.unescape(
        visitor.see(f"{HOME}journey?{DAYS}")
    )
