"""A person stops the surveys: by the button, or by their mail program (RFC 8058)."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from feedback_service.storage import respondents, schema
from feedback_service.usecases.service import Service
from tests.factories import NOW, link_token, make_project, make_survey, make_webhook, rows
from tests.web.page.browsing import open_page, seen, send

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def link(service: Service) -> str:
    survey = make_survey(service, make_project(service, "acme"))
    with service.database.write() as connection:
        about = {"email": "ann@example.org", "traits": {"plan": "pro"}}
        respondents.put(connection, 1, "cust_1", about, NOW)
    return "/u/" + link_token(service, survey, respondent="cust_1", now=now())


def is_unsubscribed(service: Service) -> bool:
    return rows(service, schema.respondents, ref="cust_1")[0]["unsubscribed_at"] is not None


def test_opening_the_link_only_asks(client: FlaskClient, service: Service, link: str) -> None:
    page = open_page(client, link)
    assert "Stop these surveys?" in page.words
    assert "Acme will then send you no more surveys." in page.words
    assert not is_unsubscribed(service)


def test_the_button_unsubscribes(client: FlaskClient, service: Service, link: str) -> None:
    reply = send(client, link)
    assert reply.status_code == 200
    assert "You are unsubscribed" in seen(reply).words
    assert is_unsubscribed(service)


def test_a_mail_program_unsubscribes_with_one_post(
    client: FlaskClient, service: Service, link: str
) -> None:
    reply = client.post(link, data=ONE_CLICK)
    assert reply.status_code == 200
    assert "Set-Cookie" not in reply.headers
    assert is_unsubscribed(service)


def test_any_other_post_from_elsewhere_is_asked_back(
    client: FlaskClient, service: Service, link: str
) -> None:
    reply = client.post(link, data={"nonce": "x"})
    assert reply.status_code == 403
    assert "Stop these surveys?" in seen(reply).words
    assert not is_unsubscribed(service)


def test_each_subscribed_webhook_hears_of_it_once(
    client: FlaskClient, service: Service, link: str
) -> None:
    told = make_webhook(service, 1, events=("respondent.unsubscribed",))
    paused = make_webhook(service, 1, events=("respondent.unsubscribed",), status="paused")
    make_webhook(service, 1, events=("response.scored",))
    for _ in range(2):
        client.post(link, data=ONE_CLICK)
    queued = {row["webhook_id"]: row for row in rows(service, schema.deliveries)}
    assert queued.keys() == {told.id, paused.id}
    assert queued[told.id]["type"] == "respondent.unsubscribed"
    assert queued[told.id]["status"] == "pending"
    assert queued[paused.id]["status"] == "held"
    assert queued[told.id]["subject"] == {
        "respondent": {"ref": "cust_1", "email": "ann@example.org", "traits": {"plan": "pro"}}
    }


def test_an_expired_link_still_unsubscribes(
    client: FlaskClient, service: Service, link: str
) -> None:
    assert link
    survey = make_survey(service, 1)
    old = link_token(
        service,
        survey,
        respondent="cust_1",
        now=now() - timedelta(days=300),
        lifetime=timedelta(days=1),
    )
    assert client.post(f"/u/{old}", data=ONE_CLICK).status_code == 200
    assert is_unsubscribed(service)


def test_a_person_we_had_never_stored_is_remembered_as_unsubscribed(
    client: FlaskClient, service: Service, link: str
) -> None:
    assert link
    token = link_token(service, make_survey(service, 1), respondent="new_1", now=now())
    client.post(f"/u/{token}", data=ONE_CLICK)
    assert rows(service, schema.respondents, ref="new_1")[0]["unsubscribed_at"] is not None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_to_nobody_or_of_nobody_is_unknown(
    client: FlaskClient, service: Service, link: str, method: str
) -> None:
    assert link
    anonymous = link_token(service, make_survey(service, 1), now=now())
    for token in (anonymous, "forged"):
        reply = client.open(f"/u/{token}", method=method, data=ONE_CLICK)
        assert reply.status_code == 404
        assert "We do not know this link" in seen(reply).words
