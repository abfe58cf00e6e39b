"""The demo's mail is made as a customer makes one: a link and the mail block over HTTP."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from feedback_service.demo.keys import DemoKeys
from feedback_service.demo.places import Places
from feedback_service.demo.site import create_site
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.mailing.rendering import read
from tests.web.calling import bearer


@pytest.fixture
def api(app: Flask) -> Iterator[str]:
    """The service on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    running.join()
    server.server_close()


@pytest.fixture
def shop(service: Service, api: str) -> FlaskClient:
    project_id = make_project(service)
    make_survey(service, project_id)
    key = bearer(service, project_id)["Authorization"].removeprefix("Bearer ")
    places = Places("127.0.0.1", 1, api, api, "http://shop.test")
    return create_site(places, DemoKeys(key, "fbp_x", "whk_x", "whsec_x")).test_client()


def test_each_visit_shows_the_block_with_links_of_its_own(
    shop: FlaskClient, client: FlaskClient
) -> None:
    seen = set()
    for _ in range(2):
        page = shop.get("/mail")
        assert page.status_code == 200
        links = {name or text: href for href, name, text in read(page.text).links}
        assert client.get(links["9 of 10"]).status_code == 200
        assert client.get(links["Stop these surveys"]).status_code == 200
        seen.add(links["9 of 10"])
    assert len(seen) == 2


def test_the_mail_says_when_the_service_refuses(shop: FlaskClient, service: Service) -> None:
    make_survey(service, 1, status="paused")
    page = shop.get("/mail")
    assert page.status_code == 502
    assert "The service answered 410" in page.text
