"""The survey page in a real browser: without JavaScript, by keyboard, on the smallest phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from feedback_service.domain.measures.scales import SCALES
from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.e2e.test_widget_access import violations
from tests.factories import answer, collect, link_token, make_survey, rows

pytestmark = [
    pytest.mark.browser,
    # What a browser sees does not depend on the engine.
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]


def new_token(service: Service, scale: str = "likelihood-11", **changes: Any) -> str:
    """Mint a link that was sent an hour ago."""
    survey = make_survey(service, 1, SCALES[scale].metric, key=scale, scale=scale, **changes)
    sent_at = datetime.now(UTC) - timedelta(hours=1)
    return link_token(service, survey, respondent="cust_1", now=sent_at)


def press(page: Page, name: str = "Send", after_ms: int = 350) -> None:
    """Press a button as quickly as a hand can; without script the page believes only a reader."""
    page.wait_for_timeout(after_ms)
    page.get_by_role("button", name=name).click()


def small_targets(page: Page) -> list[str]:
    """Return what can be hit and is under 44 pixels in either direction."""
    found: list[str] = page.evaluate("""() =>
      [...document.querySelectorAll("label:has(input), button, summary, a, textarea")]
        .filter((e) => e.checkVisibility())
        .filter((e) => Math.min(e.offsetWidth, e.offsetHeight) < 44)
        .map((e) => e.outerHTML)""")
    return found


def test_the_whole_way_works_without_javascript(
    browser: Browser, service: Service, url: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/s/{new_token(service)}?score=9")
    expect(page.get_by_role("radio", name="9 of 10")).to_be_checked()
    page.get_by_role("radio", name="3 of 10").check()
    press(page, "Confirm my answer", 2100)
    expect(page.get_by_role("status")).to_have_text("Your answer is saved.")
    page.get_by_label("What went wrong").fill("The lift.")
    press(page, "Finish", 2100)
    expect(page.get_by_role("heading")).to_have_text(
        "Thank you for being frank. It helps us to do better."
    )
    page.get_by_role("link", name="Change my answer").click()
    expect(page.get_by_label("What went wrong")).to_have_value("The lift.")
    page.get_by_text("Your answer: 3 of 10").click()
    page.get_by_role("radio", name="8 of 10").check()
    press(page, "Finish", 2100)
    expect(page.get_by_role("heading")).to_have_text(
        "Thank you! Your answer helps us to do better."
    )
    context.close()
    (stored,) = rows(service, schema.responses)
    assert (stored["score"], stored["comment"], stored["complete"]) == (8, "The lift.", True)


def test_the_whole_way_works_by_keyboard(page: Page, service: Service, url: str) -> None:
    page.goto(f"{url}/s/{new_token(service)}")
    page.keyboard.press("Tab")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(350)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("By hand")
    page.keyboard.press("Tab")
    page.wait_for_timeout(350)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading")).to_have_text(
        "Thank you for being frank. It helps us to do better."
    )
    (stored,) = rows(service, schema.responses)
    assert (stored["score"], stored["comment"]) == (4, "By hand")


def test_send_waits_for_a_choice(page: Page, service: Service, url: str) -> None:
    page.goto(f"{url}/s/{new_token(service)}")
    press(page, "Send")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert rows(service, schema.responses) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1100, "dark")])
@pytest.mark.parametrize("scale", ["likelihood-11", "satisfaction-5", "agreement-7"])
def test_axe_finds_nothing_on_the_way(
    page: Page, service: Service, url: str, scale: str, width: int, scheme: Any
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{url}/s/{new_token(service, scale)}?score=2")
    assert violations(page) == []
    press(page, "Confirm my answer")
    expect(page.get_by_role("status")).to_be_visible()
    assert violations(page) == []
    page.get_by_text("Your answer: 2").click()
    assert violations(page) == []
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("textbox").evaluate("e => { e.removeAttribute('maxlength') }")
    page.get_by_role("textbox").fill("x" * 10_001)
    press(page, "Finish")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("textbox").fill("")
    press(page, "Finish")
    expect(page.get_by_role("link", name="Change my answer")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_notices(
    page: Page, service: Service, url: str, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    token = new_token(service, edit_window_s=0)
    long_ago = datetime.now(UTC) - timedelta(days=9)
    survey = make_survey(service, 1, key="old")
    expired = link_token(service, survey, now=long_ago, lifetime=timedelta(days=1))
    collect(service, token, answer(score=9, complete=True), datetime.now(UTC))
    for path in (f"/s/{token}", "/s/unknown", f"/s/{expired}", f"/u/{token}"):
        page.goto(url + path)
        assert violations(page) == []
    page.get_by_role("button", name="Stop the surveys").click()
    expect(page.get_by_role("heading")).to_have_text("You are unsubscribed")
    assert violations(page) == []


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_fits_with_targets_of_44_pixels(
    page: Page, service: Service, url: str, scale: str
) -> None:
    link = f"{url}/s/{new_token(service, scale)}"
    for locale in ("en", "de", "pl", "ar"):
        page.goto(f"{link}?locale={locale}")
        for width in (320, 390, 640, 960):
            page.set_viewport_size({"width": width, "height": 640})
            assert small_targets(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_arabic_counts_from_the_right(page: Page, service: Service, url: str) -> None:
    page.goto(f"{url}/s/{new_token(service)}?locale=ar")
    first = page.get_by_role("radio").first.bounding_box()
    last = page.get_by_role("radio").last.bounding_box()
    assert first is not None
    assert last is not None
    assert first["x"] > last["x"]
    assert violations(page) == []


def test_a_survey_s_colours_are_worn_under_the_policy(
    page: Page, service: Service, url: str
) -> None:
    page.goto(f"{url}/s/{new_token(service, theme={'accent': '#a10f4b'})}")
    button = page.get_by_role("button", name="Send")
    expect(button).to_have_css("background-color", "rgb(161, 15, 75)")
    assert violations(page) == []


def test_nothing_moves_after_the_first_paint(page: Page, service: Service, url: str) -> None:
    page.goto(f"{url}/s/{new_token(service)}")
    shift = page.evaluate("""() => new Promise((done) => {
      let sum = 0
      new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value }))
        .observe({ type: "layout-shift", buffered: true })
      setTimeout(() => done(sum), 300)
    })""")
    assert shift == 0
