"""The widget when the line or the page goes away: nothing said is lost, nothing counts twice."""

import pytest
from playwright.sync_api import BrowserContext, expect

from feedback_service import __version__
from tests.e2e.conftest import Visit
from tests.e2e.fake_feedback import FakeFeedback
from tests.e2e.test_widget_alone import QUEUE, card, point
from tests.e2e.waiting import eventually

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("status", [0, 503])
def test_an_answer_that_found_no_service_is_sent_on_the_next_page(
    visit: Visit, fake: FakeFeedback, status: int
) -> None:
    fake.save_status = status
    page = visit()
    point(page, 3).click()
    expect(card(page)).to_contain_text("We will send your answer")
    page.get_by_role("textbox").fill("It rained in")
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 2)
    fake.save_status = 201
    fake.saves.clear()
    page.clock.install()
    page.reload()
    eventually(lambda: fake.paths.count(f"GET /w/{__version__}/panel.js") == 2)
    page.clock.fast_forward(20_000)
    eventually(lambda: page.evaluate(QUEUE) == [])
    [save] = fake.saves
    assert save["token"] == "token-1"
    assert (save["score"], save["comment"], save["complete"]) == (3, "It rained in", True)


def test_an_answer_given_offline_is_sent_when_the_line_is_back(
    visit: Visit, fake: FakeFeedback, context: BrowserContext
) -> None:
    page = visit()
    expect(card(page)).to_be_visible()
    page.clock.install()
    context.set_offline(True)
    point(page, 8).click()
    expect(card(page)).to_contain_text("We will send your answer")
    assert fake.saves == []
    page.clock.fast_forward(6_000)
    context.set_offline(False)
    [save] = eventually(lambda: fake.saves)
    assert save["score"] == 8


def test_words_not_yet_sent_leave_with_the_page(visit: Visit, fake: FakeFeedback) -> None:
    page = visit()
    point(page, 3).click()
    expect(card(page)).to_contain_text("Your answer is saved.")
    page.get_by_role("textbox").fill("I have to run")
    page.get_by_role("link", name="Next page").click()
    eventually(lambda: len(fake.saves) >= 2)
    last = fake.saves[-1]
    assert (last["score"], last["comment"], last["dismissed"]) == (3, "I have to run", True)


def test_words_of_a_page_out_of_view_are_sent_but_nothing_is_dismissed(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    point(page, 3).click()
    page.get_by_role("textbox").fill("Someone calls")
    page.evaluate(
        """Object.defineProperty(document, 'hidden', {value: true});
        document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"""
    )
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1]["comment"] == "Someone calls"
    assert "dismissed" not in fake.saves[1]


def test_leaving_without_words_sends_nothing(visit: Visit, fake: FakeFeedback) -> None:
    page = visit()
    point(page, 3).click()
    expect(card(page)).to_contain_text("Your answer is saved.")
    page.get_by_role("link", name="Next page").click()
    page.wait_for_load_state("networkidle")
    assert len(fake.saves) == 1


def test_a_page_without_the_service_is_a_page_without_a_survey(
    visit: Visit, fake: FakeFeedback, context: BrowserContext
) -> None:
    context.route("**/v1/**", lambda route: route.abort())
    page = visit()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Feedback.show('nps')") is None
    expect(card(page)).to_have_count(0)


def test_thanks_go_away_by_themselves_but_not_under_the_pointer(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    point(page, 9).click()
    expect(card(page)).to_contain_text("Your answer is saved.")
    page.clock.install()
    page.get_by_role("button", name="Send").click()
    expect(card(page)).to_contain_text("Thank you")
    page.locator(".last").hover()
    page.clock.fast_forward(60_000)
    expect(card(page)).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.fast_forward(60_000)
    expect(card(page)).to_have_count(0)
    assert "dismissed" not in fake.saves[-1]
