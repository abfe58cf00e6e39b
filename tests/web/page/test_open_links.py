"""Open links: anybody may answer, each page once; opening one makes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from feedback_service.web import limits
from feedback_service.web.page.nonce import page_nonce
from tests.factories import make_project, make_survey, rows
from tests.web.calling import site_key
from tests.web.page.browsing import open_page, seen


@pytest.fixture
def path(service: Service) -> str:
    survey = make_survey(service, make_project(service, "acme"))
    return f"/l/{site_key(service, survey.project_id)}/nps"


def press(
    client: FlaskClient, path: str, *, nonce: str | None = None, **fields: str
) -> TestResponse:
    """Answer the open page by hand, two seconds after it was opened."""
    page = open_page(client, path)
    key, survey = path.partition("?")[0].split("/")[2:]
    at = datetime.now(UTC) - timedelta(seconds=2)
    signer = client.application.extensions["feedback"].signer
    made = nonce or page_nonce(signer, f"open link {key} {survey}", at)
    given = {**page.fields, "nonce": made, "by": "hand", **fields}
    return client.post(str(page.first("form")["action"]), data=given)


def test_opening_makes_nothing(client: FlaskClient, service: Service, path: str) -> None:
    before = {table.name: rows(service, table) for table in schema.metadata.sorted_tables}
    assert "How likely are you to recommend Acme" in open_page(client, path).words
    client.head(path).close()
    after = {table.name: rows(service, table) for table in schema.metadata.sorted_tables}
    assert after == before


def test_a_press_makes_a_token_and_answers_with_it(
    client: FlaskClient, service: Service, path: str
) -> None:
    reply = press(client, f"{path}?tp=store+7&cmp=autumn", score="9")
    assert reply.status_code == 303
    assert reply.location.startswith("/s/")
    (row,) = rows(service, schema.responses)
    assert (row["score"], row["channel"], row["respondent"]) == (9, "link", None)
    assert (row["touchpoint"], row["campaign"]) == ("store 7", "autumn")
    assert row["unconfirmed"] is None
    assert "What did you like most?" in open_page(client, reply.location).words
    (counted,) = rows(service, schema.token_counts)
    assert (counted["issued"], counted["touchpoint"]) == (1, "store 7")


def test_the_same_page_pressed_twice_answers_once_another_page_again(
    client: FlaskClient, service: Service, path: str
) -> None:
    key = path.split("/")[2]
    nonce = page_nonce(service.signer, f"open link {key} nps", datetime.now(UTC) - timedelta(2))
    for score in ("3", "4"):
        press(client, path, nonce=nonce, score=score)
    assert [row["score"] for row in rows(service, schema.responses)] == [4]
    press(client, path, score="10")
    assert len(rows(service, schema.responses)) == 2


def test_a_form_from_elsewhere_makes_no_token(
    client: FlaskClient, service: Service, path: str
) -> None:
    other = page_nonce(service.signer, "open link another nps", datetime.now(UTC))
    for nonce in ("", other, "x"):
        reply = client.post(path, data={"score": "9", "nonce": nonce, "by": "hand"})
        assert reply.status_code == 403
        assert "Please send your answer once more" in seen(reply).words
    assert rows(service, schema.responses) == []
    assert rows(service, schema.link_sets) == []


def test_a_machine_s_answer_is_not_counted(
    client: FlaskClient, service: Service, path: str
) -> None:
    press(client, path, score="0", by="script")
    assert rows(service, schema.responses)[0]["unconfirmed"] == "no-gesture"


def test_without_a_choice_it_asks_for_one(client: FlaskClient, service: Service, path: str) -> None:
    reply = press(client, path)
    assert reply.status_code == 422
    assert "Please choose one of the answers." in seen(reply).words
    assert rows(service, schema.link_sets) == []


def test_a_ballot_box_is_not_stuffed_from_one_place(
    app: Flask, client: FlaskClient, path: str
) -> None:
    limiter = app.extensions["feedback_limiter"]
    limiter.hit(limits.OPEN_LINKS, "open link", "127.0.0.1", cost=limits.OPEN_LINKS.amount)
    reply = press(client, path, score="9")
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) >= 1


def test_answers_of_a_test_key_never_count(client: FlaskClient, service: Service) -> None:
    survey = make_survey(service, make_project(service, "acme"))
    key = site_key(service, survey.project_id, test=True)
    press(client, f"/l/{key}/nps", score="9")
    assert rows(service, schema.responses)[0]["test"] is True
    assert rows(service, schema.token_counts) == []


@pytest.mark.parametrize("wrong", ["/l/fbp_x/nps", "/l/{key}/csat", "/l/x/y"])
def test_a_link_of_nothing_is_unknown(
    client: FlaskClient, service: Service, path: str, wrong: str
) -> None:
    assert service
    reply = client.get(wrong.format(key=path.split("/")[2]))
    assert reply.status_code == 404
    assert "We do not know this link" in seen(reply).words


def test_a_paused_survey_says_so(client: FlaskClient, service: Service, path: str) -> None:
    make_survey(service, 1, status="paused")
    assert client.get(path).status_code == 410


def test_a_kiosk_goes_back_to_its_start_and_shows_no_way_to_the_answer(
    client: FlaskClient, path: str
) -> None:
    start = open_page(client, f"{path}?kiosk=1&tp=hall")
    home = start.first("html")["data-home"]
    assert home == f"{path}?kiosk=1&tp=hall"
    reply = press(client, f"{path}?kiosk=1&tp=hall", score="9")
    why = open_page(client, reply.location)
    assert why.first("html")["data-home"] == home
    token_path = reply.location.partition("?")[0]
    key = path.split("/")[2]
    nonce = page_nonce(
        client.application.extensions["feedback"].signer,
        token_path.removeprefix("/s/"),
        datetime.now(UTC) - timedelta(seconds=2),
    )
    given = {**why.fields, "nonce": nonce, "by": "hand", "complete": "1"}
    done = client.post(str(why.first("form")["action"]), data=given)
    assert f"kiosk={key}" in done.location
    thanks = open_page(client, done.location)
    assert "Next person" in thanks.words
    assert "Change my answer" not in thanks.words
    refresh = next(had for tag, had in thanks.elements if had.get("http-equiv") == "refresh")
    assert home in str(refresh["content"])


def test_a_mounted_open_link_stays_under_its_prefix(app: Flask, path: str) -> None:
    mounted = Client(DispatcherMiddleware(Flask("host"), {"/feedback": app}))
    page = seen(mounted.get(f"/feedback{path}?kiosk=1"))
    assert page.first("form")["action"] == f"/feedback{path}?kiosk=1"
    assert page.first("html")["data-home"] == f"/feedback{path}?kiosk=1"
