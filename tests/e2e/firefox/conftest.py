"""A Firefox for the tests here; `make test` sees to it where it can, see .ci/browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.e2e import host_pages
from tests.e2e.fake_feedback import FakeFeedback
from tests.e2e.firefox.marionette import Firefox, firefox_path, running_firefox
from tests.e2e.host_pages import HostSite

# Where there is no Firefox to be had, these tests are none; Chromium's are there in any case.
collect_ignore_glob = [] if firefox_path() else ["test_*.py"]

# What a page may never see: uncaught errors and violations of its policy. The icon Firefox asks for
# is the page's own affair.
LISTEN = """<script nonce="x">window.faults = []
addEventListener("error", e => faults.push(e.message))
addEventListener("unhandledrejection", e => faults.push(String(e.reason)))
addEventListener("securitypolicyviolation", e => e.blockedURI.endsWith("/favicon.ico") ||
  faults.push(`${e.violatedDirective} ${e.blockedURI}`))</script>"""

Starts = Callable[..., Firefox]


@pytest.fixture(scope="module")
def start() -> Iterator[Starts]:
    """Starts of Firefox with preferences; one for each set of them, for all tests of a file."""
    path = firefox_path()
    assert path is not None, "the tests need Firefox: run them with `make test`"
    running: dict[str, Firefox] = {}
    with ExitStack() as stack:

        def firefox_with(**preferences: Any) -> Firefox:
            name = repr(sorted(preferences.items()))
            if name not in running:
                running[name] = stack.enter_context(running_firefox(path, **preferences))
            return running[name]

        yield firefox_with


@pytest.fixture
def firefox(start: Starts) -> Firefox:
    return start()


@pytest.fixture
def embed(site: HostSite, fake: FakeFeedback) -> Callable[..., str]:
    """Make a page that embeds the widget; returns its address."""

    def page(*, head: str = "", lang: str = "en", csp: str | None = None) -> str:
        html = host_pages.page_html(f"{fake.url}/widget.js", head=LISTEN + head, lang=lang)
        site.pages["/"] = host_pages.Page(html, csp.format(host=fake.url) if csp else None)
        return site.url

    return page
