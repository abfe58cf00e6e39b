"""The dashboard without a mouse: every step reached by the Tab key, and always seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from feedback_service.storage.schema import cases, responses
from feedback_service.usecases.service import Service
from tests.e2e.dashboard.conftest import PASSWORD, Shop
from tests.e2e.dashboard.places import PLACES
from tests.e2e.dashboard.watching import HOME, Watched, watched
from tests.engines import Engine
from tests.factories import rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What has the focus, as people know it: its label or its words.
_NAME = """() => {
  const one = document.activeElement
  const label = one.labels?.[0] ?? one
  return (one.getAttribute('aria-label') ?? label.innerText ?? '').trim().split('\\n')[0]
}"""
# Whether the focus is drawn and in view: an outline, not under the frame on top.
_SEEN = """() => {
  const one = document.activeElement
  const box = one.getBoundingClientRect()
  const style = getComputedStyle(one)
  const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
  const inView = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0
  return one.tagName === 'IFRAME' ? inView : drawn && inView
}"""
_STOPS = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"], iframe')]
  .filter((one) => one.checkVisibility() && !one.disabled).length"""


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """One engine: what keys do does not depend on it."""
    chosen: Engine = request.getfixturevalue("sqlite")
    return chosen


@pytest.fixture
def stranger(browser: Browser, url: str, link: str) -> Iterator[Watched]:
    """A browser that nobody has logged in with."""
    with watched(browser, url) as seen:
        yield seen
    assert seen.faults == []


def tab_to(page: Page, name: str, most: int = 80) -> None:
    """Press Tab until the focus is on what has this name; it is seen on its way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(_SEEN), page.evaluate(_NAME)
        if page.evaluate(_NAME) == name:
            return
    raise AssertionError(f"{name} is not reached")


def test_from_the_login_to_a_closed_case_by_keys_alone(
    stranger: Watched, service: Service, shop: Shop
) -> None:
    page, press, write = stranger.page, stranger.page.keyboard.press, stranger.page.keyboard.type
    stranger.see("/dashboard/login")
    write("Anna")
    press("Tab")
    write(PASSWORD)
    press("Enter")
    page.wait_for_url("**/p/shop/")
    tab_to(page, "Responses")
    press("Enter")
    page.wait_for_url("**/responses")
    press("Tab")
    press("Enter")  # over the frame, to the content
    tab_to(page, "Words")
    write("answer 9")
    tab_to(page, "Band")
    write("detractor")
    tab_to(page, "Search")
    press("Enter")
    page.wait_for_url("**band=detractor**")
    tab_to(page, "Open the answer")
    press("Enter")
    page.wait_for_url("**/responses/rsp_*")
    tab_to(page, "Tags, with commas between")
    write("late, refund")
    tab_to(page, "Save")
    press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    tab_to(page, "Reason, kept with the answer and in the audit log")
    write("a colleague")
    tab_to(page, "Leave it out")
    press("Enter")
    expect(page.get_by_role("status").filter(has_text="Left out")).to_be_visible()
    tab_to(page, "Status")
    write("resolved")
    tab_to(page, "Note")
    write("called back")
    tab_to(page, "Open a case")
    press("Enter")
    expect(page.get_by_role("status").filter(has_text="case was changed")).to_be_visible()
    (marked,) = [row for row in rows(service, responses) if row["excluded"]]
    assert (marked["tags"], marked["excluded"]) == (["late", "refund"], "a colleague")
    (case,) = rows(service, cases, response_id=marked["id"])
    assert case["status"] == "resolved"


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_holds_the_focus_or_hides_it(visit: Watched, shop: Shop, width: int) -> None:
    """Tab goes through everything there is, shows where it is, and leaves the page at its end."""
    visit.look(width, "light")
    for paths in PLACES.values():
        path = paths[0].format(**shop.ids)
        visit.see(HOME + path)
        stops = visit.page.evaluate(_STOPS)
        for _ in range(3 * stops + 20):  # a date has three parts, a frame what is in it
            visit.page.keyboard.press("Tab")
            if visit.page.evaluate("document.activeElement === document.body"):
                break
            assert visit.page.evaluate(_SEEN), (path, visit.page.evaluate(_NAME))
        else:
            raise AssertionError(f"{path} does not let go of the focus")
