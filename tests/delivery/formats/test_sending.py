"""Deliveries in a format on their way: looked up, signed, judged, tried again, never lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest

from feedback_service.delivery.formats.every import FORMATS
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.surveys import Survey
from feedback_service.storage import respondents
from feedback_service.storage.tables.outbox import attempts, deliveries
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup import configure_webhook
from tests.delivery.dispatching import (
    Received,
    accepted_by_official_library,
    all_settled,
    answered,
    dispatching,
    in_turn,
    now,
    received,
    statuses,
    until,
)
from tests.delivery.receivers import Behaviour, Receiver, hang, status
from tests.factories import (
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
)

ADA = status(200, body=b'{"id":"512","properties":{"email":"ada@example.com"}}')
CREATED = status(201, body=b'{"id":"1"}')
TOKEN = {"Authorization": "Bearer secret"}


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


@contextmanager
def crm(
    service: Service, survey: Survey, behaviour: Behaviour, **kind: Any
) -> Iterator[tuple[Webhook, Receiver]]:
    """Run a CRM that behaves like this, and a webhook that leads to it."""
    with Receiver(behaviour) as receiver:
        url = f"http://127.0.0.1:{receiver.port}{kind.pop('path', '/hook')}"
        alerts = ("alert.detractor",)
        yield (
            make_webhook(service, survey.project_id, url=url, events=alerts, **kind),
            receiver,
        )


def hubspot(service: Service, survey: Survey, behaviour: Behaviour) -> Any:
    path = "/crm/v3/objects/tickets"
    return crm(service, survey, behaviour, path=path, format="hubspot", headers=TOKEN)


def unhappy(service: Service, survey: Survey) -> None:
    """Let a known person be unhappy."""
    with service.database.write() as connection:
        respondents.put(
            connection, survey.project_id, "cust_1", {"email": "ada@example.com"}, now()
        )
    text = link_token(service, survey, respondent="cust_1", now=now())
    collect(service, text, answer(2, comment="slow", complete=True), now())


def request_line(raw: bytes) -> str:
    return raw.partition(b"\r\n")[0].decode()


def attempt_rows(service: Service) -> list[tuple[Any, ...]]:
    """Return error and reply of each attempt, in order."""
    return [(row["error"], row["reply"]) for row in rows(service, attempts)]


def test_the_contact_is_looked_up_and_put_on_the_ticket(service: Service, survey: Survey) -> None:
    with hubspot(service, survey, in_turn(ADA, CREATED)) as (webhook, receiver):
        unhappy(service, survey)
        with dispatching(service):
            until(lambda: all_settled(service))
    asked, told = receiver.requests
    assert request_line(asked).startswith(
        "GET /crm/v3/objects/contacts/ada%40example.com?idProperty=email"
    )
    assert b"authorization: bearer secret" in asked.lower()
    assert b"webhook-signature" not in asked.lower()
    assert request_line(told).startswith("POST /crm/v3/objects/tickets")
    ticket = received(receiver)[1]
    assert ticket.json["associations"][0]["to"] == {"id": "512"}
    assert accepted_by_official_library(ticket, webhook)


def test_who_is_no_contact_gets_a_ticket_all_the_same(service: Service, survey: Survey) -> None:
    with hubspot(service, survey, in_turn(status(404, body=b"{}"), CREATED)) as (_, receiver):
        unhappy(service, survey)
        with dispatching(service):
            until(lambda: all_settled(service))
    assert received(receiver)[1].json["associations"] == []
    assert statuses(service) == [("alert.detractor", "delivered", None)]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(status(500, body=b"oops"), "http_5xx", id="broken"),
        pytest.param(status(403, body=b"MISSING_SCOPES"), "http_4xx", id="no permission"),
        pytest.param(status(200, body=b"<html>"), "bad_reply", id="no JSON"),
        pytest.param(status(200, body=b'{"ids": []}'), "bad_reply", id="no id"),
    ],
)
def test_a_lookup_that_fails_is_an_attempt_that_failed(
    service: Service, survey: Survey, reply: Behaviour, error: str
) -> None:
    with hubspot(service, survey, in_turn(reply, ADA, CREATED)) as (_, receiver):
        unhappy(service, survey)
        with dispatching(service):
            until(lambda: all_settled(service))
    assert len(receiver.requests) == 3
    (first_error, first_reply), (second_error, _) = attempt_rows(service)
    assert (first_error, second_error) == (error, None)
    assert first_reply.startswith("looking the person up:")


def test_a_lookup_and_its_delivery_share_one_deadline(service: Service, survey: Survey) -> None:
    with hubspot(service, survey, hang):
        unhappy(service, survey)
        started = monotonic()
        with dispatching(service, deadline_s=0.5, retry_scale=1.0):
            until(lambda: attempt_rows(service))
    assert attempt_rows(service)[0][0] == "timeout"
    assert monotonic() - started < 8


def test_200_with_an_error_in_it_is_no_success(service: Service, survey: Survey) -> None:
    replies = in_turn(status(200, body=b"no_text"), status(200, body=b"ok"))
    with crm(service, survey, replies, format="slack") as (_, receiver):
        answered(service, survey, 2, complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
    assert attempt_rows(service) == [("refused", "no_text"), (None, "ok")]
    first, second = received(receiver)
    assert (first.id, first.body) == (second.id, second.body)


@pytest.mark.parametrize(
    ("kind", "reply", "is_refused"),
    [
        ("slack", "ok", False),
        ("slack", "channel_is_archived", True),
        ("teams", "1", False),
        ("teams", "Webhook message delivery failed with error: HTTP error 429", True),
        ("salesforce", '{"compositeResponse":[{"httpStatusCode":201}]}', False),
        ("salesforce", '{"compositeResponse":[{"httpStatusCode" : 400}]}', True),
        ("standard", "no_text", False),
    ],
)
def test_what_a_reply_means_is_known_per_vendor(kind: str, reply: str, is_refused: bool) -> None:
    assert FORMATS[kind].refused(reply) is is_refused


def test_the_idempotency_key_is_the_same_over_retries(service: Service, survey: Survey) -> None:
    replies = in_turn(status(503), CREATED)
    with crm(service, survey, replies, format="zendesk", headers=TOKEN) as (_, receiver):
        answered(service, survey, 2, complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
    keys = {one.headers["idempotency-key"] for one in received(receiver)}
    assert keys == {received(receiver)[0].id}
    assert len(receiver.requests) == 2


def test_a_customers_own_header_stands_before_the_formats(service: Service, survey: Survey) -> None:
    own = {"template": {"ticket_type_id": "1", "anonymous_email": "a@shop.example"}}
    headers = {**TOKEN, "intercom-version": "2.11"}
    with crm(service, survey, CREATED, format="intercom", headers=headers, **own) as (_, receiver):
        answered(service, survey, 2, complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
    assert receiver.requests[0].lower().count(b"intercom-version:") == 1
    assert received(receiver)[0].headers["intercom-version"] == "2.11"


def test_a_word_that_breaks_gives_way_to_the_shipped_one(service: Service, survey: Survey) -> None:
    """It was fine when it was saved; the news is not lost for it."""
    broken = {"subject": "{{ response.score / 0 }}", "priority": "low"}
    with crm(service, survey, CREATED, format="zendesk", headers=TOKEN, template=broken) as (
        _,
        receiver,
    ):
        answered(service, survey, 2, complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
    ticket = received(receiver)[0].json["ticket"]
    assert (ticket["subject"], ticket["priority"]) == ("Detractor: 2 of 10 (nps)", "low")


def test_a_template_that_breaks_says_so_and_can_be_mended(service: Service, survey: Survey) -> None:
    broken = {"body": {"a": "{{ response.score / 0 }}"}}
    with crm(service, survey, CREATED, format="template", template=broken) as (webhook, receiver):
        answered(service, survey, 2, complete=True)
        with dispatching(service):
            until(lambda: attempt_rows(service))
            mended = {"template": {"body": {"a": "{{ response.score }}"}}}
            configure_webhook.change_webhook(service, survey.project_id, webhook.id, mended, now())
            until(lambda: all_settled(service))
    assert attempt_rows(service)[0] == ("template", "/template/body/a: division by zero")
    assert received(receiver)[0].json == {"a": 2}


def test_a_text_template_is_sent_as_it_says(service: Service, survey: Survey) -> None:
    template = {"text": "<s>{{ response.comment|escape }}</s>", "content_type": "application/xml"}
    with crm(service, survey, CREATED, format="template", template=template) as (_, receiver):
        answered(service, survey, 2, comment="a & b", complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
    (told,) = received(receiver)
    assert told.body == b"<s>a &amp; b</s>"
    assert told.headers["content-type"] == "application/xml"


@pytest.mark.parametrize(("kind", "expected"), [("slack", "Test: Detractor"), ("standard", None)])
def test_a_test_delivery_shows_a_crm_what_an_alert_would_be(
    service: Service, survey: Survey, kind: str, expected: str | None
) -> None:
    with crm(service, survey, status(200, body=b"ok"), format=kind) as (webhook, receiver):
        configure_webhook.test_webhook(service, survey.project_id, webhook.id, now())
        with dispatching(service):
            until(lambda: all_settled(service))
    (told,) = received(receiver)
    if expected is None:
        assert told.json["data"]["message"] == "This is a test delivery."
    else:
        assert told.json["text"].startswith(expected)


def test_cloudevents_go_out_as_their_media_type(service: Service, survey: Survey) -> None:
    with crm(service, survey, CREATED, format="cloudevents") as (_, receiver):
        answered(service, survey, 2, complete=True)
        with dispatching(service):
            until(lambda: all_settled(service))
    told: Received = received(receiver)[0]
    assert told.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert (told.json["id"], told.json["type"]) == (told.id, "alert.detractor")


def test_what_was_frozen_in_another_format_goes_out_as_it_is(
    service: Service, survey: Survey
) -> None:
    with crm(service, survey, in_turn(status(503), CREATED), path="/api/v2/activities") as (
        webhook,
        receiver,
    ):
        answered(service, survey, 2, complete=True)
        with dispatching(service, retry_scale=1.0):
            until(lambda: attempt_rows(service))
        crm_now = {"format": "pipedrive", "headers": {"x-api-token": "secret"}}
        configure_webhook.change_webhook(service, survey.project_id, webhook.id, crm_now, now())
        with service.database.write() as connection:
            connection.execute(deliveries.update().values(next_at=now()))
        with dispatching(service):
            until(lambda: all_settled(service))
    first, second = received(receiver)
    assert (first.id, first.body) == (second.id, second.body)
