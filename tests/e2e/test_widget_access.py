"""The widget for every person and on every page: keyboard, readers, strict policies, any CSS."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import fake_surveys
from tests.e2e.conftest import Visit
from tests.e2e.fake_feedback import FakeFeedback
from tests.e2e.host_pages import HOSTILE_CSS, STRICT_CSP
from tests.e2e.test_widget_alone import card, point
from tests.e2e.waiting import eventually

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "widget/node_modules/axe-core/axe.min.js"

# Where the focus is, through the shadow root: "BODY" or the class, id or value of what has it.
FOCUS = """() => { const a = document.activeElement, e = a.shadowRoot?.activeElement ?? a;
  return e.className || e.id || e.value || e.tagName }"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page and the open card."""
    assert AXE.exists(), "axe-core is missing: run `npm ci` in widget/"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # 2.5.8 (24 px targets) is off by default in axe; everything else is its own choice.
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {rules: {'target-size': {enabled: true}}})"
    )
    return [f"{one['id']}: {one['nodes'][0]['failureSummary']}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "survey",
    [
        "nps", "csat", "ces", "ces_named", "effort", "stars", "faces",
        "with_more", "dialog", "bar", "inline",
    ],
)  # fmt: skip
def test_axe_finds_nothing_from_question_to_thanks(
    visit: Visit, fake: FakeFeedback, survey: str, scheme: Any
) -> None:
    fake.surveys = [getattr(fake_surveys, survey)()]
    page = visit()
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(".card")).to_be_visible()
    assert violations(page) == []
    point(page, 3).click()
    expect(page.locator(".note")).to_have_text("Your answer is saved.")
    assert violations(page) == []
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".last")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("status", [503, 410], ids=["no line", "refused"])
def test_axe_finds_nothing_when_an_answer_is_not_taken(
    visit: Visit, fake: FakeFeedback, status: int, scheme: Any
) -> None:
    fake.save_status = status
    page = visit()
    page.emulate_media(color_scheme=scheme)
    point(page, 9).click()
    said = "We will send your answer" if status == 503 else "can no longer be accepted"
    expect(page.locator(".content")).to_contain_text(said)
    assert violations(page) == []


def test_the_close_button_stays_where_a_long_card_scrolls(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.with_more()]
    page = visit()
    page.set_viewport_size({"width": 375, "height": 560})
    point(page, 3).click()
    expect(page.get_by_text("What went wrong")).to_be_in_viewport()
    assert page.locator(".content").evaluate("e => e.scrollTop") > 0
    expect(page.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Close").click()
    expect(card(page)).to_have_count(0)


def test_axe_sees_into_the_card(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Close").evaluate(
        "button => { button.removeAttribute('aria-label'); button.textContent = '' }"
    )
    assert any("button-name" in one for one in violations(page))


def test_axe_finds_nothing_right_to_left_on_a_phone(visit: Visit, fake: FakeFeedback) -> None:
    page = visit(lang="ar")
    page.set_viewport_size({"width": 320, "height": 568})
    page.get_by_role("radio").nth(9).check()
    expect(page.get_by_role("textbox")).to_be_visible()
    assert violations(page) == []


def test_a_theme_is_worn_by_day_and_by_night(visit: Visit, fake: FakeFeedback) -> None:
    theme = {"accent": "#0a7d55", "background": "#fffbe6", "radius": "2px"}
    fake.surveys = [{**fake_surveys.nps(), "theme": theme}]
    page = visit()
    page.emulate_media(color_scheme="dark")
    point(page, 9).click()
    expect(page.locator(".card")).to_have_css("background-color", "rgb(255, 251, 230)")
    expect(page.locator(".send")).to_have_css("background-color", "rgb(10, 125, 85)")
    assert violations(page) == []


def test_a_page_dresses_the_card_with_custom_properties(visit: Visit) -> None:
    page = visit(head="<style>[data-feedback] { --accent: #8a1c5c; --radius: 3px }</style>")
    point(page, 9).click()
    expect(page.locator(".send")).to_have_css("background-color", "rgb(138, 28, 92)")
    expect(page.locator(".send")).to_have_css("border-radius", "3px")


def test_arrow_keys_move_without_sending(visit: Visit, fake: FakeFeedback) -> None:
    page = visit()
    point(page, 5).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(point(page, 8)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.wait_for_timeout(200)
    assert fake.saves == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_confirms_the_point_the_arrows_reached(
    visit: Visit, fake: FakeFeedback, key: str
) -> None:
    page = visit()
    point(page, 5).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press(key)
    [save] = eventually(lambda: fake.saves)
    assert save["score"] == 6


def test_send_confirms_the_point_the_arrows_reached_and_asks_why(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    point(page, 9).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What did you like most?")).to_be_visible()
    [save] = eventually(lambda: fake.saves)
    assert save["score"] == 10
    assert "complete" not in save


def test_a_whole_answer_by_keyboard_never_loses_its_place(visit: Visit, fake: FakeFeedback) -> None:
    page = visit()
    expect(card(page)).to_be_visible()
    page.locator("#buy").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == "0"
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == "words"
    page.keyboard.type("Broken")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "last thanks"
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1]["comment"] == "Broken"
    assert page.evaluate("document.activeElement.textContent") == "Next page"


def test_the_card_takes_no_focus_and_escape_outside_leaves_it_alone(visit: Visit) -> None:
    page = visit()
    expect(card(page)).to_be_visible()
    assert page.evaluate(FOCUS) == "BODY"
    page.keyboard.press("Escape")
    expect(card(page)).to_be_visible()
    point(page, 9).focus()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)


def test_typing_a_comment_sets_off_no_shortcut_of_the_page(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.keys = 0; addEventListener('keydown', () => { keys += 1 })")
    point(page, 9).click()
    page.get_by_role("textbox").press_sequentially("slash / s")
    assert page.evaluate("keys") == 0


def test_it_runs_under_a_strict_policy_with_trusted_types(visit: Visit, fake: FakeFeedback) -> None:
    page = visit(csp=STRICT_CSP)
    point(page, 9).click()
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 2)
    expect(page.locator(".thanks")).to_have_css("font-weight", "600")


def test_no_css_of_the_page_reaches_the_card(visit: Visit) -> None:
    measure = """() => [...document.querySelector('[data-feedback]').shadowRoot
      .querySelectorAll('*')].map(e => { const s = getComputedStyle(e), { x, y, width, height } =
      e.getBoundingClientRect(); return [e.tagName, s.color, s.fontSize, s.letterSpacing,
      s.direction, s.display, x, y, width, height] })"""
    page = visit()
    expect(card(page)).to_be_visible()
    plain = page.evaluate(measure)
    page.evaluate("localStorage.clear()")
    page = visit(head=HOSTILE_CSS)
    expect(card(page)).to_be_visible()
    assert page.evaluate(measure) == plain


@pytest.mark.parametrize("width", [320, 375, 768, 1100])
def test_eleven_points_are_large_enough_for_a_thumb_at_every_width(
    visit: Visit, width: int
) -> None:
    page = visit()
    page.set_viewport_size({"width": width, "height": 568})
    boxes = [point(page, number).bounding_box() for number in range(11)]
    assert all(box["width"] >= 24 and box["height"] >= 44 for box in boxes)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_right_to_left_starts_at_the_right(visit: Visit, fake: FakeFeedback) -> None:
    page = visit(lang="ar")
    radios = page.get_by_role("radio")
    first, last = radios.first.bounding_box(), radios.last.bounding_box()
    assert first is not None
    assert last is not None
    assert first["x"] > last["x"]
    expect(page.locator(".card")).to_have_attribute("lang", "ar")


def test_a_printed_page_has_no_card(visit: Visit) -> None:
    page = visit()
    expect(card(page)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".card")).to_be_hidden()


def test_whoever_wants_less_motion_gets_none(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".card")).to_have_css("animation-name", "none")
    page.emulate_media(reduced_motion="no-preference")
    expect(page.locator(".card")).to_have_css("animation-name", re.compile("rise"))


def test_readers_are_told_politely_what_happens(visit: Visit) -> None:
    page = visit()
    live = page.get_by_role("status")
    expect(live).to_have_text(re.compile("^Feedback: How likely are you to recommend"))
    expect(page.get_by_role("radiogroup", name=re.compile("How likely"))).to_be_visible()
    point(page, 9).click()
    expect(live).to_have_text("Your answer is saved. What did you like most?")
    page.get_by_role("button", name="Send").click()
    expect(live).to_have_text("Thank you! We are glad to hear that.")


def test_a_background_tab_is_not_asked(
    context: BrowserContext, visit: Visit, fake: FakeFeedback
) -> None:
    context.add_init_script(
        "let seen = true;"
        "Object.defineProperty(document, 'hidden', {get: () => seen});"
        "window.comeBack = () => { seen = false }"
    )
    page = visit()
    page.wait_for_load_state("networkidle")
    assert fake.tokens == []
    page.evaluate("comeBack()")
    expect(card(page)).to_be_visible()


def test_text_has_the_size_the_browser_is_set_to_not_the_page(visit: Visit) -> None:
    page = visit(head="<style>html { font-size: 4px }</style>")
    expect(page.locator(".card")).to_have_css("font-size", "16px")
