"""A browser page on the dashboard, and all that went wrong on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

AXE: Final = Path(__file__).parents[3] / "widget/node_modules/axe-core/axe.min.js"
HOME: Final = "/dashboard/p/shop/"


@dataclass
class Watched:
    """faults: uncaught errors and violations of the policy."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def see(self, path: str, status: int = 200) -> None:
        reply = self.page.goto(self.url + path)
        assert reply is not None
        assert reply.status == status, path

    def check(self, path: str, status: int = 200) -> None:
        """See that a page fits its width and that axe-core finds nothing wrong."""
        self.see(path, status)
        assert not self.sticks_out(), path
        assert self.violations() == [], path

    def look(self, width: int, scheme: Any) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=scheme)

    def violations(self) -> list[Any]:
        """Return what axe-core finds wrong, targets under 24 pixels included."""
        assert AXE.exists(), "axe-core is missing: run `npm ci` in widget/"
        # As the test's own script: the page's policy lets nothing but our files in.
        self.page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
        found: list[Any] = self.page.evaluate(
            """axe.run(document, {rules: {'target-size': {enabled: true}}}).then((found) =>
              found.violations.map((one) => [one.id, one.nodes.map((node) => node.target)]))"""
        )
        return found

    def sticks_out(self) -> bool:
        width: bool = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return width


@contextmanager
def watched(browser: Browser, url: str) -> Iterator[Watched]:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    page = context.new_page()
    seen = Watched(page, url)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on(
        "console",
        lambda said: seen.faults.append(said.text) if "Content Security" in said.text else None,
    )
    yield seen
    context.close()
