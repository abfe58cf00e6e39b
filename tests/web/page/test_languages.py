"""The page speaks the language asked for, else the link's, else the browser's, else English."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from tests.factories import link_token, make_project, make_survey, rows
from tests.web.page.browsing import made_ago, open_page, seen, send


@pytest.mark.parametrize(
    ("asked", "of_link", "browser", "spoken"),
    [
        ("ja", "fr", "de", "ja"),
        (None, "fr", "de", "fr"),
        (None, None, "xx, de-AT;q=0.8, fr;q=0.9", "fr"),
        (None, None, None, "en"),
        ("tlh", None, "de", "de"),
        ("pt", None, None, "pt-BR"),
    ],
)
def test_the_strongest_wish_wins(
    client: FlaskClient,
    service: Service,
    asked: str | None,
    of_link: str | None,
    browser: str | None,
    spoken: str,
) -> None:
    survey = make_survey(service, make_project(service))
    token = link_token(service, survey, now=datetime.now(UTC), locale=of_link)
    page = open_page(
        client,
        f"/s/{token}",
        query_string={"locale": asked} if asked else {},
        headers={"Accept-Language": browser} if browser else {},
    )
    assert page.first("html")["lang"] == spoken


def test_arabic_runs_from_the_right(client: FlaskClient, service: Service) -> None:
    survey = make_survey(service, make_project(service))
    token = link_token(service, survey, now=datetime.now(UTC))
    assert open_page(client, f"/s/{token}?locale=ar").first("html")["dir"] == "rtl"
    assert open_page(client, f"/s/{token}?locale=de").first("html")["dir"] == "ltr"


def test_a_language_asked_for_stays_and_is_stored(client: FlaskClient, service: Service) -> None:
    survey = make_survey(service, make_project(service))
    path = f"/s/{link_token(service, survey, now=datetime.now(UTC))}?locale=de"
    page = open_page(client, path)
    nonce = made_ago(client, path[3:].partition("?")[0], 5)
    given = {**page.fields, "score": "9", "nonce": nonce}
    reply = client.post(str(page.first("form")["action"]), data=given)
    assert reply.location == path
    assert "Ihre Antwort ist gespeichert." in open_page(client, reply.location).words
    assert rows(service, schema.responses)[0]["locale"] == "de"


def test_an_error_speaks_the_browser_s_language(client: FlaskClient) -> None:
    reply = client.get("/s/unknown", headers={"Accept-Language": "de-DE,de;q=0.9"})
    assert "Diesen Link kennen wir nicht" in seen(reply).words


def test_a_strange_locale_is_no_error(client: FlaskClient, service: Service) -> None:
    survey = make_survey(service, make_project(service))
    path = f"/s/{link_token(service, survey, now=datetime.now(UTC))}"
    strange = client.get(path, query_string={"locale": "../../etc/passwd\0" + "x" * 2000})
    assert seen(strange).first("html")["lang"] == "en"
    assert send(client, path, score="1").status_code == 303
