"""A real browser for the end-to-end tests."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

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
        running = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
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
