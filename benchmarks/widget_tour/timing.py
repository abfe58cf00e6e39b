"""What the widget costs a page on a slow phone: times, processor time of each step, movement."""

from itertools import pairwise
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page

_SLOWER: Final = 4
_WATCH: Final = """window.tasks = []; window.shift = 0
new PerformanceObserver(list => list.getEntries().forEach(e => tasks.push(e.duration)))
  .observe({type: "longtask"})
new PerformanceObserver(list => list.getEntries().forEach(e => {
  shift += e.hadRecentInput ? 0 : e.value })).observe({type: "layout-shift"})"""
# Begun by the page itself: what a tool runs in the page is a long task of its own.
_SHOW: Final = """() => setTimeout(async () => {
  const began = performance.now()
  await Feedback.show("nps-more")
  requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now() - began }))
}, 50)"""
_PARTS: Final = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


def measure(browser: Browser, site: str, rounds: int) -> dict[str, Any]:
    """Return medians over rounds of the widget's longest survey, cold cache, nothing else cached.

    cpu_ms: processor time of showing, follow-up and thanks, each times four: no task in them can
    take longer on a processor four times slower. shown_ms and long_tasks come from a browser slowed
    down so, by the clock, and thus hold what else the machine did.
    """
    steps = [_cpu_ms(browser, site) for _ in range(rounds)]
    slow = [_clock(browser, site) for _ in range(rounds)]
    return {
        "cpu_ms": [round(median(step) * _SLOWER, 1) for step in zip(*steps, strict=True)],
        "shown_ms": round(median(one["shown"] for one in slow)),
        "long_tasks": [round(task) for one in slow for task in one["tasks"]],
        "layout_shift": max(one["shift"] for one in slow),
    }


def _cpu_ms(browser: Browser, site: str) -> list[float]:
    page, client = _opened(browser, site)
    client.send("Performance.enable", {"timeDomain": "threadTicks"})
    spent = [_spent_ms(client)]
    page.evaluate("Feedback.show('nps-more')")
    spent.append(_spent_ms(client))
    _choose(page)
    spent.append(_spent_ms(client))
    _send(page)
    spent.append(_spent_ms(client))
    page.context.close()
    return [after - before for before, after in pairwise(spent)]


def _clock(browser: Browser, site: str) -> dict[str, Any]:
    page, client = _opened(browser, site)
    client.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.evaluate(_WATCH)
    page.evaluate(_SHOW)
    page.wait_for_timeout(1500)  # a waiting tool looks again and again, on the page's own time
    found: dict[str, Any] = page.evaluate("({shown, tasks: [...tasks]})")
    _choose(page)
    _send(page)
    found["shift"] = page.evaluate("shift")
    page.context.close()
    return found


def _opened(browser: Browser, site: str) -> tuple[Page, CDPSession]:
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(f"{site}/test/en/", wait_until="networkidle")
    page.wait_for_function("window.Feedback?.version")
    return page, page.context.new_cdp_session(page)


def _choose(page: Page) -> None:
    page.locator(".main [value='3']").click(force=True)
    page.get_by_text("Your answer is saved.").first.wait_for()


def _send(page: Page) -> None:
    page.locator(".actions .send").click()
    page.locator(".last").wait_for()


def _spent_ms(client: CDPSession) -> float:
    metrics = client.send("Performance.getMetrics")["metrics"]
    return 1000 * float(sum(one["value"] for one in metrics if one["name"] in _PARTS))
