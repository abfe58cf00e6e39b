"""A list of responses is taken along as CSV: what it shows, no more; and it is written down."""

import csv
import io
import re

import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.usecases.exporting import export
from feedback_service.usecases.exporting.columns import NAMES
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, make_survey
from tests.web.dashboard.browsing import HOME, Visitor, words_of
from tests.web.dashboard.conftest import LogIn


@pytest.fixture
def answered(service: Service, nps: Survey) -> Survey:
    """Forty promoters, more than a page, and two detractors, one of whom writes a formula."""
    said = [(10, f"fine {number}") for number in range(40)] + [(2, "=1+1"), (3, "late")]
    for number, (score, comment) in enumerate(said):
        place = "app" if score < 9 else "shop"
        token = link_token(service, nps, respondent=f"c-{number}", touchpoint=place, now=now())
        collect(service, token, answer(score, comment), now())
    return nps


def rows_of(visitor: Visitor, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(visitor.see(f"{HOME}responses.csv{query}"))))


def test_all_pages_of_the_list_are_in_the_file(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("analyst")
    page = visitor.see(f"{HOME}responses?band=promoter&touchpoint=shop")
    found = re.search(r'href="([^"]+)">Download these as CSV', page)
    assert found is not None
    rows = rows_of(visitor, "?" + found.group(1).partition("?")[2].replace("&amp;", "&"))
    assert len(rows) == 40
    assert list(rows[0]) == list(NAMES)
    assert {row["band"] for row in rows} == {"promoter"}
    assert len(rows_of(visitor)) == 42
    assert [row["comment"] for row in rows_of(visitor, "?band=detractor&q=late")] == ["late"]


def test_a_spreadsheet_runs_nothing_of_it(log_in: LogIn, answered: Survey) -> None:
    rows = rows_of(log_in("admin"), "?touchpoint=app")
    assert sorted(row["comment"] for row in rows) == ["'=1+1", "late"]


def test_days_hold_in_the_file_too(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("admin")
    assert rows_of(visitor, "?to=2020-01-31&from=2020-01-01") == []
    assert len(rows_of(visitor, f"?from={now().date().replace(day=1)}")) == 42


def test_who_took_what_is_in_the_audit_log(log_in: LogIn, answered: Survey) -> None:
    rows_of(log_in("analyst"), "?band=detractor&touchpoint=app")
    log = words_of(log_in("admin").see(f"{HOME}audit"))
    assert "one analyst downloaded responses band detractor, touchpoint app" in log


def test_agents_take_nothing_along(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("agent")
    assert "as CSV" not in visitor.see(f"{HOME}responses")
    visitor.see(f"{HOME}responses.csv", 403)


def test_single_employees_are_not_in_an_analysts_file(
    log_in: LogIn, service: Service, project_id: int, answered: Survey
) -> None:
    team = make_survey(service, project_id, key="team", audience="employee")
    for number in range(6):
        token = link_token(service, team, respondent=f"e-{number}", now=now())
        collect(service, token, answer(2, "secret"), now())
    assert len(rows_of(log_in("analyst"))) == 42
    assert rows_of(log_in("analyst", name="other"), "?survey=team") == []
    assert len(rows_of(log_in("admin"), "?survey=team")) == 6


def test_a_list_of_words_is_not_taken_along(log_in: LogIn, answered: Survey) -> None:
    visitor = log_in("analyst")
    query = "survey=nps&band=detractor&word=late&counted=1"
    assert "as CSV" not in visitor.see(f"{HOME}responses?{query}")
    page = visitor.see(f"{HOME}responses.csv?{query}", 422)
    assert "search for the word instead" in words_of(page)


def test_a_database_that_is_away_gets_a_page_and_no_half_file(
    log_in: LogIn, answered: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_asked: object, **_more: object) -> None:
        raise StorageUnavailable("it is away")

    visitor = log_in("analyst")
    monkeypatch.setattr(export, "window", away)
    assert "cannot be reached" in words_of(visitor.see(f"{HOME}responses.csv", 503))
