"""QR codes of open links: what is drawn is the link, and the link is there."""

import xml.etree.ElementTree as ET

import pytest
import segno
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import Headers, bearer, is_problem, site_key


@pytest.fixture
def headers(service: Service) -> Headers:
    make_survey(service, make_project(service, "acme"))
    return bearer(service, 1)


def test_the_code_is_of_a_link_that_opens(
    client: FlaskClient, service: Service, headers: Headers
) -> None:
    key = site_key(service, 1)
    reply = client.get("/v1/surveys/nps/qr?touchpoint=store%207&kiosk=true", headers=headers)
    assert (reply.status_code, reply.mimetype) == (200, "image/svg+xml")
    url = reply.headers["Link"].partition(">")[0][1:]
    assert url == f"http://localhost/l/{key}/nps?tp=store+7&kiosk=1"
    assert client.get(url).status_code == 200
    # Another drawing of the same link is the same picture, of another link it is not.
    modules = segno.make(url, error="q", micro=False).symbol_size(border=4)[0]
    assert ET.fromstring(reply.data).attrib["viewBox"] == f"0 0 {modules * 20} {modules * 20}"


def test_png_is_a_picture(client: FlaskClient, service: Service, headers: Headers) -> None:
    site_key(service, 1)
    reply = client.get("/v1/surveys/nps/qr?format=png", headers=headers)
    assert reply.mimetype == "image/png"
    assert reply.data.startswith(b"\x89PNG\r\n")
    assert "nps.png" in reply.headers["Content-Disposition"]


def test_a_test_key_draws_the_link_of_a_test_site_key(
    client: FlaskClient, service: Service, headers: Headers
) -> None:
    assert headers
    site_key(service, 1)
    tested = site_key(service, 1, test=True)
    reply = client.get("/v1/surveys/nps/qr", headers=bearer(service, 1, test=True))
    assert f"/l/{tested}/nps" in reply.headers["Link"]


def test_without_a_site_key_it_says_how_to_make_one(client: FlaskClient, headers: Headers) -> None:
    reply = client.get("/v1/surveys/nps/qr", headers=headers)
    assert is_problem(reply, 404, "not-found")
    assert "key create --site" in reply.get_json(force=True)["detail"]


@pytest.mark.parametrize("query", ["format=gif", "colour=red", "locale=../x"])
def test_what_cannot_be_drawn_is_refused_by_name(
    client: FlaskClient, service: Service, headers: Headers, query: str
) -> None:
    site_key(service, 1)
    reply = client.get(f"/v1/surveys/nps/qr?{query}", headers=headers)
    assert is_problem(reply, 422, "invalid-request")
    assert query.partition("=")[0] in reply.get_json(force=True)["errors"][0]["pointer"]
