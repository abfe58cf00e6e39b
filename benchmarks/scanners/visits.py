"""Who comes by a link of a mail: scanners that read, follow, send and run; and people."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

Item = TypeVar("Item")
Result = TypeVar("Result")

# What people need to read the question; the page believes them from then on.
READING_S: Final = 3.1
# A program that knows that haste gives it away.
PATIENCE_S: Final = 4.0
_LANGUAGE: Final = {"Accept-Language": "en"}
_FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Page(HTMLParser):
    """The first form of a page as a program sees it, and every link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = dict(attrs)
        if tag == "a" and had.get("href"):
            self.links.append(had["href"] or "")
        if tag == "input" and had.get("name") and had["name"] not in self.fields:
            # The first of the points, as a form filler takes it.
            self.fields[had["name"] or ""] = had.get("value") or ""


def ask(
    port: int,
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    said: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, str]:
    """Make one request on a connection of its own; tries again while the server is too busy.

    said: headers, which browsers send and programs do not.
    """
    body = urlencode(form) if form is not None else None
    headers = dict(said)
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    for pause_s in (0.2, 0.5, 1.0, 2.0):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            connection.close()
        except (OSError, HTTPException):
            time.sleep(pause_s)
        else:
            return reply.status, text
    raise TimeoutError(f"{method} {path[:40]} was never answered")


def read_everything(port: int, path: str) -> int:
    """Ask for the head, open the link and several scores of it; returns how many requests."""
    queries = ["", *(f"?score={score}" for score in (0, 3, 6, 9, 10))]
    ask(port, "HEAD", path)
    for query in queries:
        ask(port, "GET", path + query)
    return 1 + len(queries)


def follow_links(port: int, path: str) -> int:
    """Open the page and whatever it links to, seen or hidden; returns how many links."""
    links = Page(ask(port, "GET", path)[1]).links
    for link in links:
        ask(port, "GET", link)
    return len(links)


def send_first_form(port: int, path: str, after_s: float = 0) -> int:
    """Fill in the first form as a program does, and send it; returns the status."""
    page = Page(ask(port, "GET", path)[1])
    time.sleep(after_s)
    return ask(port, "POST", path, {**page.fields, "complete": "1", "comment": "test"})[0]


def answer_as_person(port: int, path: str, score: int) -> int:
    """Open the score's link, read, press; without script. Returns the status."""
    page = Page(ask(port, "GET", f"{path}?score={score}", said=_LANGUAGE)[1])
    time.sleep(READING_S)
    given = {"nonce": page.fields["nonce"], "by": "", "score": str(score)}
    return ask(port, "POST", path, given, _LANGUAGE)[0]


@contextmanager
def chromium(path: str | None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def run_and_send(browser: Browser, url: str, how: str) -> None:
    """Load a page, run its script, wait, send its form without a hand."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_timeout(1200)
    page.evaluate("document.querySelector('input[type=radio]').checked = true")
    with page.expect_navigation():
        page.evaluate(how)
    page.close()


def answer_by_hand(browser: Browser, url: str) -> float:
    """Open a score's link with a mouse in hand and press; returns ms to the first paint."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_timeout(400)
    paint_ms: float = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"
    )
    page.get_by_role("button").click()
    page.locator("textarea").wait_for()
    context.close()
    return paint_ms


def at_once(
    work: Callable[[Item], Result], items: Iterable[Item], how_many: int
) -> Sequence[Result]:
    """Do the work for every item, several at once; in order."""
    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(work, items))
