"""A screen on a stand: one person after the other, by touch or by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.e2e.test_widget_access import violations
from tests.factories import make_survey, rows
from tests.web.calling import site_key

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]


@pytest.fixture
def home(service: Service, url: str) -> str:
    make_survey(service, 1)
    return f"{url}/l/{site_key(service, 1)}/nps?kiosk=1&tp=hall"


def one_person(page: Page, press: Any, score: int) -> None:
    """Give a score and finish without a reason."""
    page.wait_for_timeout(350)
    press(page.get_by_role("radio", name=f"{score} of 10"))
    press(page.get_by_role("button", name="Send"))
    expect(page.get_by_role("status")).to_have_text("Your answer is saved.")
    page.wait_for_timeout(350)
    press(page.get_by_role("button", name="Finish"))
    expect(page.get_by_role("link", name="Next person")).to_be_visible()


def test_one_person_after_the_other_without_leaving_the_page(
    browser: Browser, service: Service, home: str
) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    went: list[str] = []
    page.on("framenavigated", lambda frame: went.append(frame.url))
    page.goto(home)
    assert violations(page) == []
    for score in (2, 9):
        one_person(page, lambda target: target.tap(), score)
        assert violations(page) == []
        page.get_by_role("link", name="Next person").tap()
        expect(page.get_by_role("radio", name=f"{score} of 10")).not_to_be_checked()
    assert went == [home], "no reload, and Back leads to nobody's answer"
    context.close()
    answers = [
        (row["score"], row["unconfirmed"], row["touchpoint"], row["complete"])
        for row in rows(service, schema.responses)
    ]
    assert answers == [(2, None, "hall", True), (9, None, "hall", True)]


def test_it_starts_again_by_itself(page: Page, home: str) -> None:
    page.clock.install()
    page.goto(home)
    page.clock.run_for(400)
    one_person(page, lambda target: target.press("Space"), 4)
    expect(page.get_by_text("Starts again in")).to_be_visible()
    page.clock.run_for(10_000)
    expect(page.get_by_role("radio", name="4 of 10")).not_to_be_checked()


def test_what_somebody_left_behind_is_cleared(page: Page, home: str) -> None:
    page.clock.install()
    page.goto(home)
    page.get_by_role("radio", name="4 of 10").check()
    page.clock.run_for(50_000)
    expect(page.get_by_role("radio", name="4 of 10")).not_to_be_checked()


def test_targets_are_big(page: Page, home: str) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(home)
    for target in page.locator("label:has(input), button").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 64
        assert box["width"] >= 64
