"""Screenshots of every kind, by day and night, on phone and desktop, in three languages."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

from benchmarks.widget_tour.surveys import KINDS

SCHEMES: Final[tuple[Any, ...]] = ("light", "dark")
LANGUAGES: Final = ("en", "ar", "ja")
DEVICES: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1100, "height": 720}},
    "phone": {
        "viewport": {"width": 375, "height": 667},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}


def take(browser: Browser, site: str, folder: Path) -> int:
    """Take them all, three of each: question, follow-up, thanks. Returns how many."""
    taken = 0
    for (device, options), scheme in product(DEVICES.items(), SCHEMES):
        context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **options)
        page = context.new_page()
        for lang, kind in product(LANGUAGES, KINDS):
            page.goto(f"{site}/test/{lang}/")
            for state in states(page, kind):
                page.screenshot(path=folder / f"{lang}_{device}_{scheme}_{kind}_{state}.png")
                taken += 1
        context.close()
    return taken


def states(page: Page, kind: str) -> Iterator[str]:
    """Lead a survey from question to thanks; yields the name of each state while it is seen."""
    page.wait_for_function("window.Feedback?.version")
    shown = page.evaluate("kind => Feedback.show(kind)", kind)
    assert shown is True, f"{kind} was not shown: {shown}"
    yield "1-question"
    points = page.locator(".main input")
    points.nth(1).click(force=True)
    page.wait_for_function(
        "document.querySelector('[data-feedback]').shadowRoot.querySelector('.note').textContent"
    )
    yield "2-why"
    page.locator(".actions .send").click()
    page.locator(".last").wait_for()
    yield "3-thanks"
    page.evaluate("Feedback.close()")
