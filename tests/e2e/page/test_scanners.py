"""Browsers with and without hands on the survey page: a real one runs the page's own script."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.e2e.test_widget_access import violations
from tests.e2e.waiting import eventually
from tests.factories import link_token, make_survey, rows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]


def link(service: Service, **changes: Any) -> str:
    survey = make_survey(service, 1, **changes)
    return "/s/" + link_token(service, survey, now=datetime.now(UTC) - timedelta(hours=1))


def stored(service: Service) -> Any:
    (row,) = rows(service, schema.responses)
    return row


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param("document.forms[0].submit()", id="submit()"),
        pytest.param("document.forms[0].requestSubmit()", id="requestSubmit()"),
        pytest.param("document.querySelector('button').click()", id="click()"),
        pytest.param(
            "for (const type of ['pointerdown', 'keydown', 'touchstart', 'click'])"
            " dispatchEvent(new Event(type)); document.forms[0].requestSubmit()",
            id="made-up events",
        ),
    ],
)
def test_a_headless_browser_that_sends_the_form_is_doubted(
    page: Page, service: Service, url: str, deed: str
) -> None:
    path = link(service)
    page.goto(f"{url}{path}?score=0")
    page.wait_for_timeout(1100)
    page.evaluate(deed)
    expect(page.get_by_role("heading").first).to_have_text("Please confirm your answer")
    assert stored(service)["unconfirmed"] == "no-gesture"
    assert violations(page) == []
    page.wait_for_timeout(350)
    page.get_by_role("button", name="Confirm my answer").click()
    expect(page.get_by_role("status")).to_have_text("Your answer is saved.")
    assert stored(service)["unconfirmed"] is None


def test_with_gesture_nothing_is_sent_to_a_page_that_nobody_touches(
    page: Page, service: Service, url: str
) -> None:
    page.goto(f"{url}{link(service, capture='gesture')}?score=9")
    page.evaluate("document.dispatchEvent(new Event('pointerdown', { bubbles: true }))")
    page.wait_for_timeout(1900)
    assert rows(service, schema.responses) == []


@pytest.mark.parametrize("sign", ["move", "key", "tap"])
def test_with_gesture_the_first_sign_of_a_person_sends_the_score_of_the_link(
    page: Page, service: Service, url: str, sign: str
) -> None:
    page.goto(f"{url}{link(service, capture='gesture')}?score=9")
    if sign == "move":
        page.mouse.move(30, 600)
    elif sign == "key":
        page.keyboard.press("ArrowDown")
    else:
        page.mouse.click(5, 600)
    expect(page.get_by_text("Your answer is saved.")).to_be_visible()
    row = stored(service)
    assert (row["score"], row["unconfirmed"]) == (9, None)


def test_with_gesture_whoever_works_on_the_form_is_not_overtaken(
    page: Page, service: Service, url: str
) -> None:
    page.goto(f"{url}{link(service, capture='gesture')}?score=9")
    page.get_by_role("radio", name="8 of 10").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1900)
    assert rows(service, schema.responses) == []
    page.get_by_role("button").click()
    expect(page.get_by_text("Your answer is saved.")).to_be_visible()
    assert stored(service)["score"] == 7


def test_a_hand_counts_the_link_as_opened(page: Page, service: Service, url: str) -> None:
    page.goto(url + link(service))
    assert rows(service, schema.token_counts) == []
    page.mouse.move(30, 600)
    (row,) = eventually(lambda: rows(service, schema.token_counts))
    assert row["opened"] == 1
