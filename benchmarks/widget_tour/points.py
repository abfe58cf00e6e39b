"""What a site owner was promised, one function each; an AssertionError says what is not so."""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha384
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page

from feedback_service import __version__

_DOCS: Final = Path(__file__).parents[2] / "docs/embed.md"
_WITHIN_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Tour:
    """host: the service. site: the owner's pages. secret_key: of the owner's back end."""

    browser: Browser
    host: str
    site: str
    secret_key: str

    def visit(self, path: str) -> Page:
        """Open a page in a browser that has never been here."""
        page = self.browser.new_context().new_page()
        page.goto(self.site + path)
        page.wait_for_function("window.Feedback?.version")
        return page

    def responses(self, survey: str) -> list[dict[str, Any]]:
        """Return what the owner's back end reads of a survey."""
        address = f"{self.host}/v1/responses?survey={survey}"
        request = Request(address, headers={"Authorization": f"Bearer {self.secret_key}"})
        with urlopen(request, timeout=10) as reply:
            items: list[dict[str, Any]] = json.load(reply)["items"]
        return items

    def response(self, survey: str, fits: Callable[[dict[str, Any]], bool]) -> None:
        """Return once the one response to a survey fits."""
        end = time.monotonic() + _WITHIN_S
        found = self.responses(survey)
        while not (len(found) == 1 and fits(found[0])):
            assert time.monotonic() < end, f"{survey}: {found}"
            time.sleep(0.1)
            found = self.responses(survey)


def answer(page: Page, score: int, comment: str) -> None:
    page.locator(f".main [value='{score}']").click(force=True)
    page.locator("#words").fill(comment)
    page.locator(".actions .send").click()
    page.locator(".last").wait_for()


def plain(tour: Tour) -> None:
    """A plain page: one tag, the card comes, score and words become one response, no cookie."""
    page = tour.visit("/live/plain/")
    answer(page, 9, "Smooth")
    tour.response("plain", lambda one: (one["score"], one["comment"]) == (9, "Smooth"))
    assert page.context.cookies() == []
    names = page.evaluate("Object.keys(localStorage)")
    assert all(name.startswith("feedback:") for name in names), names


def changes_of_address(tour: Tour) -> None:
    """A page that changes its address: nothing before, the card after history.pushState."""
    page = tour.visit("/live/spa/")
    page.wait_for_load_state("networkidle")
    assert page.locator(".card").count() == 0
    page.locator("#route").click()
    answer(page, 4, "Quick")
    tour.response("spa", lambda one: one["score"] == 4)


def strict_policy(tour: Tour) -> None:
    """A page with default-src 'none' and Trusted Types: answered, dressed, no violation."""
    page = tour.visit("/strict/live/")
    answer(page, 6, "Easy")
    tour.response("strict", lambda one: one["score"] == 6)
    assert (
        page.locator(".send, .last").first.evaluate("e => getComputedStyle(e).fontWeight") == "600"
    )
    assert page.evaluate("found") == []


def lost_connection(tour: Tour) -> None:
    """An answer given offline arrives once when the line is back."""
    page = tour.visit("/live/en/")
    assert page.evaluate("Feedback.show('ces-numbers')") is True
    page.context.set_offline(True)
    page.locator(".main [value='2']").click(force=True)
    page.get_by_text("We will send your answer").first.wait_for()
    page.context.set_offline(False)
    tour.response("ces-numbers", lambda one: one["score"] == 2)


def contact_policy(tour: Tour) -> None:
    """Who has just answered is not asked again, not even by Feedback.show()."""
    page = tour.visit("/live/en/")
    assert page.evaluate("Feedback.show('csat-stars')") is True
    answer(page, 5, "")
    page.evaluate("Feedback.close()")
    assert page.evaluate("Feedback.show('csat-stars')") is False


def test_key(tour: Tour) -> None:
    """With a test key Feedback.show() always works, and its answers never count."""
    page = tour.visit("/test/en/")
    for _ in range(3):
        assert page.evaluate("Feedback.show('csat-numbers')") is True
        answer(page, 3, "")
        page.evaluate("Feedback.close()")
    counted = [one for one in tour.responses("csat-numbers") if not one["test"]]
    assert counted == []


def versioned_files(tour: Tour) -> None:
    """Both files: packed, immutable, with the hash the docs print; the floating one has an ETag."""
    for name in ("widget.js", "panel.js"):
        with urlopen(f"{tour.host}/w/{__version__}/{name}", timeout=10) as reply:
            digest = b64encode(sha384(reply.read()).digest()).decode()
            assert "immutable" in reply.headers["Cache-Control"]
        assert f"sha384-{digest}" in _DOCS.read_text(encoding="utf-8"), name
    for coding in ("br", "gzip"):
        asked = Request(f"{tour.host}/widget.js", headers={"Accept-Encoding": coding})
        with urlopen(asked, timeout=10) as reply:
            assert (reply.headers["Content-Encoding"], bool(reply.headers["ETag"])) == (
                coding,
                True,
            )


POINTS: Final = (
    plain,
    changes_of_address,
    strict_policy,
    lost_connection,
    contact_policy,
    test_key,
    versioned_files,
)
