"""The widget as a guest: it comes when it is due, costs little and breaks nothing."""

import json
import re
from base64 import b64encode
from hashlib import sha384
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from feedback_service import __version__
from tests.e2e import fake_surveys
from tests.e2e.conftest import Visit
from tests.e2e.fake_feedback import STATIC, FakeFeedback
from tests.e2e.host_pages import STRICT_CSP, HostSite, page_html
from tests.e2e.host_pages import Page as HostPage
from tests.e2e.test_widget_alone import card, point
from tests.e2e.waiting import eventually

pytestmark = pytest.mark.browser

TALL = "<style>main { min-height: 3000px }</style>"
PANEL = f"GET /w/{__version__}/panel.js"


def click(page: Page) -> None:
    page.locator("#buy").click()


def scroll(page: Page) -> None:
    page.mouse.wheel(0, 2000)


def leave(page: Page) -> None:
    page.mouse.move(300, 300)
    page.locator("html").dispatch_event("mouseout", {"clientY": -1})


@pytest.mark.parametrize(
    ("display", "act"),
    [
        pytest.param({"trigger": "click", "selector": "#buy"}, click, id="click"),
        pytest.param({"trigger": "scroll", "scroll_percent": 60}, scroll, id="scroll"),
        pytest.param({"trigger": "exit"}, leave, id="exit"),
    ],
)
def test_nothing_but_loader_and_rules_comes_before_the_moment(
    visit: Visit, fake: FakeFeedback, display: dict[str, object], act: object
) -> None:
    fake.surveys = [fake_surveys.nps(**display)]
    page = visit(head=TALL)
    page.wait_for_load_state("networkidle")
    assert fake.paths == ["GET /widget.js", "GET /v1/widget/rules"]
    assert callable(act)
    act(page)
    expect(card(page)).to_be_visible()


def test_a_new_address_is_a_new_page(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.nps(pages=["/cart*"], except_pages=["/cart/pay"])]
    page = visit()
    page.wait_for_load_state("networkidle")
    page.evaluate("history.pushState(0, '', '/cart/pay')")
    page.wait_for_timeout(300)
    assert PANEL not in fake.paths
    page.evaluate("history.replaceState(0, '', '/cart?x')")
    expect(card(page)).to_be_visible()


def test_only_the_first_visit_may_be_meant(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.nps(visits_to=1)]
    page = visit()
    expect(card(page)).to_be_visible()
    page.evaluate(
        """const visitor = JSON.parse(localStorage['feedback:visitor']); visitor.at -= 36e5
        localStorage.clear(); localStorage['feedback:visitor'] = JSON.stringify(visitor)"""
    )
    page.reload(wait_until="networkidle")
    assert len(fake.tokens) == 1


def test_who_was_shown_a_card_sees_none_on_the_next_page(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.nps(), fake_surveys.csat()]
    page = visit()
    expect(card(page)).to_be_visible()
    fake.paths.clear()
    page.reload(wait_until="networkidle")
    assert fake.paths == ["GET /widget.js"]
    assert page.evaluate("Feedback.show('csat')") is True


def test_an_open_dialog_of_the_page_is_not_disturbed(visit: Visit, fake: FakeFeedback) -> None:
    page = visit(head="<script>addEventListener('DOMContentLoaded', () => { const d = "
                 "document.body.appendChild(document.createElement('dialog')); "
                 "d.textContent = 'Cookies?'; d.showModal() })</script>")  # fmt: skip
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    assert fake.tokens == []
    page.evaluate("document.querySelector('dialog').close()")
    expect(card(page)).to_be_visible()


def test_nothing_moves_and_nothing_blocks_on_a_slow_machine(
    context: BrowserContext, visit: Visit, fake: FakeFeedback
) -> None:
    """No layout shift; no step that would take a processor four times slower over 50 ms.

    Measured in processor time, which what else runs here does not change.
    """
    context.add_init_script(
        """window.shift = 0
        new PerformanceObserver(list => list.getEntries().forEach(entry => {
          shift += entry.hadRecentInput ? 0 : entry.value })).observe({type: 'layout-shift'})"""
    )
    fake.surveys = [fake_surveys.with_more(trigger="manual")]
    page = visit()
    client = context.new_cdp_session(page)
    client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent_ms() -> float:
        parts = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
        metrics = client.send("Performance.getMetrics")["metrics"]
        return 1000 * float(sum(one["value"] for one in metrics if one["name"] in parts))

    spent = [spent_ms()]
    page.evaluate("Feedback.show()")
    spent.append(spent_ms())
    point(page, 3).click()
    expect(card(page)).to_contain_text("Your answer is saved.")
    spent.append(spent_ms())
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".last")).to_be_visible()
    spent.append(spent_ms())
    steps = [after - before for before, after in pairwise(spent)]
    assert max(steps) * 4 <= 50, steps
    assert page.evaluate("shift") == 0


@pytest.mark.parametrize("is_right", [True, False])
def test_a_strict_policy_may_pin_both_files(
    context: BrowserContext, site: HostSite, fake: FakeFeedback, is_right: bool
) -> None:
    digests = {
        name: "sha384-" + b64encode(sha384((STATIC / name).read_bytes()).digest()).decode()
        for name in ("widget.js", "panel.js")
    }
    fake.surveys = [fake_surveys.nps(trigger="manual")]
    panel = f"{fake.url}/w/{__version__}/panel.js"
    pins = json.dumps({"integrity": {panel: digests["panel.js" if is_right else "widget.js"]}})
    html = page_html(
        f"{fake.url}/w/{__version__}/widget.js",
        attributes=f'integrity="{digests["widget.js"]}" crossorigin="anonymous"',
        head=f'<script nonce="x" type="importmap">{pins}</script>',
    )
    site.pages["/"] = HostPage(html, STRICT_CSP.format(host=fake.url))
    page = context.new_page()
    page.goto(site.url)
    page.wait_for_function("window.Feedback?.version")
    assert page.evaluate("Feedback.show()") is (True if is_right else None)


def test_two_tabs_show_one_survey_and_the_answer_closes_both(
    context: BrowserContext, visit: Visit, fake: FakeFeedback
) -> None:
    fake.surveys = [fake_surveys.nps(trigger="manual")]
    first = visit()
    second = context.new_page()
    second.goto(first.url)
    for page in (first, second):
        page.bring_to_front()
        assert page.evaluate("Feedback.show()") is True
    point(second, 9).click()
    expect(card(second)).to_contain_text("Your answer is saved.")
    expect(card(first)).to_have_count(0)
    assert [save.get("dismissed") for save in fake.saves] == [None]


def test_a_page_from_the_back_forward_cache_goes_on_where_it_was(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    point(page, 3).click()
    expect(card(page)).to_contain_text("Your answer is saved.")
    page.get_by_role("textbox").fill("half")
    page.evaluate("window.same = true")
    page.goto(page.url + "next")
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1]["comment"] == "half"
    page.go_back(wait_until="commit")  # a page from the cache does not load
    assert page.evaluate("window.same") is True
    page.get_by_role("textbox").fill("whole")
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 3)
    assert (fake.saves[2]["token"], fake.saves[2]["comment"]) == ("token-1", "whole")
    assert "dismissed" not in fake.saves[2]


def test_a_browser_without_storage_is_asked_all_the_same(
    context: BrowserContext, visit: Visit, fake: FakeFeedback
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    page = visit()
    point(page, 9).click()
    [save] = eventually(lambda: fake.saves)
    assert save["score"] == 9


def test_the_second_tag_is_one_too_many(visit: Visit, fake: FakeFeedback) -> None:
    tag = f'<script async src="{fake.url}/widget.js" data-key="fbp_other"></script>'
    page = visit(head=tag)
    expect(card(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(fake.tokens) == 1
    assert re.search(r"^GET /v1/widget/rules$", "\n".join(fake.paths), re.MULTILINE)
    assert fake.paths.count("GET /v1/widget/rules") == 1
