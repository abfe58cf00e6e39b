"""The survey page, served to a real browser."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from feedback_service.usecases.service import Service
from tests.factories import make_project
from tests.web.page.browsing import page_app


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    """Where the page is served."""
    make_project(service, "acme")
    server = make_server("127.0.0.1", 0, page_app(service), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script fails and no policy is violated."""
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security" in said.text else None,
    )
    yield page
    assert faults == []
