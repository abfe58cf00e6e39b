"""The widget in Firefox: every kind, keyboard, readers, strict policies, any CSS, other tabs."""

from collections.abc import Callable

import pytest

from tests.e2e import fake_surveys
from tests.e2e.fake_feedback import FakeFeedback
from tests.e2e.firefox.conftest import Starts
from tests.e2e.firefox.marionette import Firefox
from tests.e2e.host_pages import HOSTILE_CSS, STRICT_CSP
from tests.e2e.test_widget_access import AXE
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Embed = Callable[..., str]

TAB, SPACE, ESCAPE, RIGHT = "\ue004", " ", "\ue00c", "\ue014"
DARK = {"layout.css.prefers-color-scheme.content-override": 0}
ROOT = "document.querySelector('[data-feedback]').shadowRoot"


def violations(firefox: Firefox) -> list[str]:
    """Return what axe-core finds wrong with the page and the open card."""
    firefox.run(AXE.read_text(encoding="utf-8") + "; window.axe = axe")
    found: list[str] = firefox.run(
        """return axe.run(document, {rules: {'target-size': {enabled: true}}}).then(found =>
        found.violations.map(({id, nodes}) => `${id}: ${nodes[0].failureSummary}`))"""
    )
    return found


def seen(firefox: Firefox, selector: str) -> str:
    """Return the text of an element of the card."""
    found: str = firefox.run(f"return {ROOT}.querySelector(arguments[0])?.textContent", selector)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "kind",
    ["nps", "csat", "ces", "stars", "faces", "effort", "with_more", "bar", "dialog", "inline"],
)
def test_every_kind_is_answered_and_axe_finds_nothing(
    start: Starts, embed: Embed, fake: FakeFeedback, kind: str, scheme: str
) -> None:
    firefox = start(**DARK) if scheme == "dark" else start()
    fake.surveys = [getattr(fake_surveys, kind)()]
    firefox.open(embed())
    firefox.click(".main [value='3']")
    eventually(lambda: seen(firefox, ".note") == "Your answer is saved.")
    assert violations(firefox) == []
    firefox.type("#words", "So so")
    firefox.click(".actions .send")
    firefox.find(".last")
    assert violations(firefox) == []
    eventually(lambda: len(fake.saves) == 2)
    assert (fake.saves[1]["score"], fake.saves[1]["comment"]) == (3, "So so")
    assert firefox.run("return faults") == []


def test_a_whole_answer_by_keyboard(firefox: Firefox, embed: Embed, fake: FakeFeedback) -> None:
    firefox.open(embed())
    firefox.find(".main [value='0']")
    assert firefox.run("return document.activeElement === document.body")
    firefox.run("document.querySelector('#here').tabIndex = -1; here.focus()")
    firefox.press(TAB, RIGHT, RIGHT)
    eventually(lambda: firefox.run(f"return {ROOT}.activeElement?.value") == "2")
    assert fake.saves == []
    firefox.press(SPACE)
    eventually(lambda: fake.saves)
    assert fake.saves[0]["score"] == 2
    firefox.press(TAB, *"Broken", TAB, SPACE)
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1]["comment"] == "Broken"
    firefox.press(ESCAPE)
    eventually(lambda: not firefox.run("return document.querySelector('[data-feedback]')"))


def test_it_runs_under_a_strict_policy(firefox: Firefox, embed: Embed, fake: FakeFeedback) -> None:
    firefox.open(embed(csp=STRICT_CSP))
    firefox.click(".main [value='9']")
    firefox.click(".actions .send")
    eventually(lambda: len(fake.saves) == 2)
    weight = f"return getComputedStyle({ROOT}.querySelector('.last')).fontWeight"
    assert firefox.run(weight) == "600"
    assert firefox.run("return faults") == []


def test_no_css_of_the_page_reaches_the_card(
    firefox: Firefox, embed: Embed, fake: FakeFeedback
) -> None:
    # Places as seen from the card: Firefox's scrollbars, which the hostile page has, take room.
    measure = f"""const all = [...{ROOT}.querySelectorAll('*')]
      const card = all[0].getBoundingClientRect()
      return all.filter(e => e.checkVisibility()).map(e => {{
      const s = getComputedStyle(e), {{x, y, width, height}} = e.getBoundingClientRect()
      return [e.tagName, s.color, s.fontSize, s.direction, s.display,
      Math.round(x - card.x), Math.round(y - card.y), width, height] }})"""
    found = []
    for head in ("", HOSTILE_CSS):
        firefox.open(embed(head=head))
        firefox.find(".main [value='0']")
        found.append(firefox.run(measure))
        firefox.run("localStorage.clear()")
    assert found[0] == found[1]


def test_arabic_starts_at_the_right(firefox: Firefox, embed: Embed) -> None:
    firefox.open(embed(lang="ar"))
    firefox.find(".main [value='0']")
    left = "return [0, 10].map(n => " + ROOT + ".querySelector(`[value='${n}']`)"
    first, last = firefox.run(left + ".getBoundingClientRect().x)")
    assert first > last


@pytest.mark.parametrize("scale", ["1.5625", "2.0"], ids=["320 px wide", "zoom 200 %"])
def test_a_narrow_page_is_not_overflown(
    start: Starts, embed: Embed, fake: FakeFeedback, scale: str
) -> None:
    """The narrowest window is 500 px; what is scaled by 1.5625 has 320 of them."""
    firefox = start(**{"layout.css.devPixelsPerPx": scale})
    firefox.do("SetWindowRect", width=500 if scale == "1.5625" else 1280, height=900)
    fake.surveys = [fake_surveys.with_more()]
    firefox.open(embed())
    firefox.click(".main [value='3']")
    firefox.click(".actions .send")
    eventually(lambda: len(fake.saves) == 2)
    assert firefox.run("return document.documentElement.scrollWidth <= innerWidth")
    content = f"{ROOT}.querySelector('.content')"
    assert firefox.run(f"return {content}.scrollWidth <= {content}.clientWidth")


def test_an_answer_that_found_no_service_is_sent_on_the_next_page(
    firefox: Firefox, embed: Embed, fake: FakeFeedback
) -> None:
    fake.save_status = 503
    firefox.open(embed())
    firefox.click(".main [value='4']")
    eventually(lambda: seen(firefox, ".note").startswith("You seem to be offline"))
    fake.save_status = 201
    # As if a minute ago: what is younger may be on its way from another tab.
    firefox.run(
        """const name = Object.keys(localStorage).find(key => /queue/.test(key))
        const entry = JSON.parse(localStorage[name])
        localStorage[name] = JSON.stringify({...entry, at: entry.at - 60000})"""
    )
    firefox.open(embed())
    eventually(lambda: len(fake.saves) == 2)
    eventually(
        lambda: not firefox.run("return Object.keys(localStorage).some(k => /queue/.test(k))")
    )
    assert {save["token"] for save in fake.saves} == {"token-1"}
