"""A real browser for the end-to-end tests."""

import os
import shutil
from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e import host_pages
from tests.e2e.fake_feedback import FakeFeedback, running_fake
from tests.e2e.host_pages import HostSite, running_site

# Root may not use the sandbox; the rest keeps the browser from talking to anybody but the test.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium_path() -> str | None:
    """Where Chromium is: FEEDBACK_CHROMIUM, else on the PATH; None for Playwright's own."""
    named = os.environ.get("FEEDBACK_CHROMIUM")
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser(chromium_path: str | None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium_path,
            args=FLAGS,
            ignore_default_args=["--disable-back-forward-cache"],  # people's browsers have one
        )
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here: no storage, nothing cached."""
    fresh = browser.new_context(reduced_motion="reduce", viewport={"width": 1100, "height": 720})
    fresh.set_default_timeout(5000)
    yield fresh
    fresh.close()


@pytest.fixture
def fake() -> Iterator[FakeFeedback]:
    with running_fake() as running:
        yield running


@pytest.fixture
def site() -> Iterator[HostSite]:
    with running_site() as running:
        yield running


class Visit(Protocol):
    """Open a page of the site that embeds the widget; see host_pages.page_html."""

    def __call__(
        self,
        *,
        path: str = "/",
        script: str = "/widget.js",
        attributes: str = "",
        head: str = "",
        lang: str = "en",
        csp: str | None = None,
    ) -> Page: ...


@pytest.fixture
def visit(context: BrowserContext, site: HostSite, fake: FakeFeedback) -> Iterator[Visit]:
    """Visits; afterwards no page may have seen an uncaught error or a policy violation."""
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        # A browser reports every failed request as an error; those some tests are about.
        lambda said: (
            faults.append(said.text)
            if said.type == "error" and "Failed to load resource" not in said.text
            else None
        ),
    )

    def go(
        *,
        path: str = "/",
        script: str = "/widget.js",
        attributes: str = "",
        head: str = "",
        lang: str = "en",
        csp: str | None = None,
    ) -> Page:
        html = host_pages.page_html(fake.url + script, attributes=attributes, head=head, lang=lang)
        site.pages[path.partition("?")[0]] = host_pages.Page(
            html, csp.format(host=fake.url) if csp else None
        )
        page.goto(site.url + path)
        return page

    yield go
    assert faults == []
