"""The dashboard as staff see it: on a phone and a desktop, by day and by night, kept current."""

import re

import pytest
from playwright.sync_api import expect

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.e2e.dashboard.watching import HOME, Watched
from tests.engines import Engine
from tests.factories import answer, collect, link_token

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """One engine: how pages look does not depend on it."""
    chosen: Engine = request.getfixturevalue("sqlite")
    return chosen


def test_the_place_at_hand_is_in_view_on_a_phone(visit: Watched) -> None:
    visit.look(360, "light")
    visit.see(f"{HOME}settings")
    expect(visit.page.locator(".frame nav [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_a_new_answer_appears_by_itself_but_not_under_ones_hands(
    visit: Watched, service: Service, nps: Survey
) -> None:
    page = visit.page
    page.clock.install()
    visit.see(HOME)
    latest = page.locator("[data-part=latest]")
    expect(latest).not_to_contain_text("straight from the till")
    token = link_token(service, nps, respondent="new", now=now())
    collect(service, token, answer(1, "straight from the till"), now())
    page.clock.run_for(12_000)
    expect(latest).to_contain_text("straight from the till")
    expect(page.locator("[data-live-news]")).to_have_text("1 new answer")
    # Somebody stands on a link of the list: what comes now waits until they have left it.
    latest.locator("a.cover").first.focus()
    token = link_token(service, nps, respondent="newer", now=now())
    collect(service, token, answer(2, "and one more"), now())
    with page.expect_response(re.compile("/live/overview")):
        page.clock.run_for(12_000)
    expect(latest).not_to_contain_text("and one more")
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(12_000)
    expect(latest).to_contain_text("and one more")


def test_the_preview_shows_the_widget_while_one_writes(visit: Watched) -> None:
    visit.see(f"{HOME}surveys/new")
    page = visit.page
    page.get_by_label("Key").fill("after-call")
    page.get_by_label("Measure").select_option("ces")
    page.get_by_label("Task").fill("reach a person")
    frame = page.frame_locator("iframe.preview")
    expect(frame.locator("body")).to_contain_text("Your page")
    expect(frame.locator(".question")).to_contain_text("reach a person")
    page.get_by_label("Scale").select_option("likelihood-11")
    expect(page.locator("[data-preview-fault]")).to_contain_text("likelihood-11")
    page.get_by_label("Scale").select_option("ease-5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_the_keyboard_reaches_the_content_at_once(visit: Watched) -> None:
    visit.see(HOME)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "main"


def test_without_scripts_everything_but_the_preview_works(visit: Watched) -> None:
    state = visit.page.context.storage_state()
    browser = visit.page.context.browser
    assert browser is not None
    context = browser.new_context(storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{visit.url}{HOME}responses?q=answer+10")
    page.locator(".answer a").first.click()
    page.get_by_label("Tags, with commas").fill("late, refund")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_label("Tags, with commas")).to_have_value("late, refund")
    context.close()
