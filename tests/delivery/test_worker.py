"""The dispatcher at its daily work, on both engines, to real receivers on loopback."""

import socket
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Official

from feedback_service.delivery.worker import WorkerOptions
from feedback_service.domain.alerting.webhooks import Filter, Secret
from feedback_service.domain.surveys import Survey
from feedback_service.storage import catalog, respondents
from feedback_service.storage.dispatch import webhooks
from feedback_service.storage.engine import heartbeats
from feedback_service.storage.tables.outbox import attempts, deliveries
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_webhook import change_webhook, retry_delivery
from feedback_service.usecases.setup.configure_webhook import test_webhook as send_test
from tests.delivery.dispatching import (
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
from tests.delivery.receivers import Receiver, status
from tests.factories import (
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
)

ALERT = ("alert.detractor",)
SCORED = ("response.scored",)


@pytest.fixture
def survey(service: Service) -> Survey:
    """A survey whose alerts wait for nothing."""
    return make_survey(service, make_project(service), settle_s=0)


def test_the_official_library_accepts_what_arrives(service: Service, survey: Survey) -> None:
    with Receiver(status(204)) as receiver:
        webhook = make_webhook(service, survey.project_id, url=receiver.url, headers={"X-Crm": "7"})
        answered(service, survey, 3, comment="Überraschend langsam 🐌")
        with dispatching(service):
            until(lambda: len(receiver.requests) == 2)
            until(lambda: all_settled(service))
    got = received(receiver)
    assert {request.json["type"] for request in got} == {"response.scored", "alert.detractor"}
    for request in got:
        assert accepted_by_official_library(request, webhook)
        assert request.headers["content-type"] == "application/json"
        assert request.headers["user-agent"].startswith("feedback-service/")
        assert request.headers["x-crm"] == "7"
        assert request.json["data"]["response"]["comment"] == "Überraschend langsam 🐌"


def test_during_a_rotation_both_secrets_verify(service: Service, survey: Survey) -> None:
    old, new = "whsec_" + "b2xk" * 8, "whsec_" + "bmV3" * 8
    secrets = (Secret(new), Secret(old, now() + timedelta(hours=1)))
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED, secrets=secrets)
        answered(service, survey, 9)
        with dispatching(service):
            until(lambda: receiver.requests)
    for secret in (old, new):
        Official(secret).verify(received(receiver)[0].body, dict(received(receiver)[0].headers))


def test_a_failing_receiver_gets_the_same_id_and_bytes_until_it_recovers(
    service: Service, survey: Survey
) -> None:
    with Receiver(in_turn(*[status(500)] * 3, status(200))) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        answered(service, survey, 3, comment="slow")
        with dispatching(service):
            until(lambda: all_settled(service))
    got = received(receiver)
    assert len(got) == 4
    assert len({(request.id, request.body) for request in got}) == 1
    tried = rows(service, attempts)
    assert [(row["number"], row["status"], row["error"]) for row in tried] == [
        *((number, 500, "http_5xx") for number in (1, 2, 3)),
        (4, 200, None),
    ]


def test_after_ten_attempts_it_is_given_up(service: Service, survey: Survey) -> None:
    with Receiver(status(503)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        answered(service, survey, 3)
        with dispatching(service, retry_scale=1e-6):
            until(lambda: all_settled(service))
    assert len(receiver.requests) == 10
    assert statuses(service) == [("alert.detractor", "failed", "exhausted")]


def test_an_alert_waits_for_the_settle_time_and_then_has_the_words(service: Service) -> None:
    survey = make_survey(service, make_project(service), settle_s=1)
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        token, start = link_token(service, survey, now=now()), now()
        collect(service, token, answer(2), start)
        with dispatching(service):
            until(lambda: receiver.requests)
            assert now() - start >= timedelta(seconds=1)


def test_a_comment_sends_the_alert_at_once(service: Service) -> None:
    survey = make_survey(service, make_project(service), settle_s=600)
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        token = link_token(service, survey, now=now())
        collect(service, token, answer(2), now())
        with dispatching(service):
            collect(service, token, answer(2, "the form lost my address"), now())
            until(lambda: receiver.requests)
    comment = received(receiver)[0].json["data"]["response"]["comment"]
    assert comment == "the form lost my address"


def test_a_score_corrected_before_it_is_due_raises_no_alert(service: Service) -> None:
    survey = make_survey(service, make_project(service), settle_s=1)
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        token = link_token(service, survey, now=now())
        collect(service, token, answer(2), now())
        collect(service, token, answer(10), now())
        with dispatching(service):
            until(lambda: all_settled(service))
            assert statuses(service) == [("alert.detractor", "cancelled", "corrected")]
            collect(service, token, answer(1, "no, it was bad"), now())
            until(lambda: receiver.requests)
    assert len(receiver.requests) == 1
    assert received(receiver)[0].json["data"]["response"]["score"] == 1


def test_the_body_stays_as_it_first_was_although_the_answer_changes(
    service: Service, survey: Survey
) -> None:
    with Receiver(in_turn(status(500), status(200))) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        token = link_token(service, survey, now=now())
        collect(service, token, answer(2, "first words"), now())
        with dispatching(service, retry_scale=0.1):
            until(lambda: receiver.requests)
            collect(service, token, answer(2, "later words"), now())
            until(lambda: all_settled(service))
            retry_delivery(service, survey.project_id, received(receiver)[0].id, now())
            until(lambda: len(receiver.requests) == 3)
    assert len({(request.id, request.body) for request in received(receiver)}) == 1
    assert received(receiver)[0].json["data"]["response"]["comment"] == "first words"


def test_traits_that_arrive_before_it_is_due_decide_and_are_told(
    service: Service, survey: Survey
) -> None:
    only_pro = Filter(traits={"plan": ("pro",)})
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=ALERT, filter=only_pro)
        for ref, plan in (("cust_1", "pro"), ("cust_2", "free")):
            token = link_token(service, survey, respondent=ref, now=now(), traits={"shop": "Ulm"})
            collect(service, token, answer(2), now())
            with service.database.write() as connection:
                changes = {"email": f"{ref}@example.com", "traits": {"plan": plan}}
                respondents.put(connection, survey.project_id, ref, changes, now())
        with dispatching(service):
            until(lambda: all_settled(service))
    assert [request.json["data"]["respondent"] for request in received(receiver)] == [
        {
            "ref": "cust_1",
            "email": "cust_1@example.com",
            "traits": {"plan": "pro", "shop": "Ulm"},
        }
    ]
    assert [row[1:] for row in statuses(service)] == [
        ("cancelled", "filtered"),
        ("delivered", None),
    ]


def test_a_test_answer_is_told_and_says_so(service: Service, survey: Survey) -> None:
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        collect(service, link_token(service, survey, now=now(), test=True), answer(9), now())
        with dispatching(service):
            until(lambda: receiver.requests)
    assert received(receiver)[0].json["data"]["response"]["test"] is True


def test_a_test_of_the_webhook_arrives(service: Service, survey: Survey) -> None:
    with Receiver(status(200)) as receiver:
        webhook = make_webhook(service, survey.project_id, url=receiver.url)
        send_test(service, survey.project_id, webhook.id, now())
        with dispatching(service):
            until(lambda: receiver.requests)
    assert received(receiver)[0].json["data"] == {
        "project": "shop",
        "webhook": webhook.id,
        "message": "This is a test delivery.",
    }


def test_410_disables_the_webhook_and_holds_what_waits(service: Service, survey: Survey) -> None:
    with Receiver(status(410)) as receiver:
        webhook = make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        for _ in range(4):
            answered(service, survey, 9)
        with dispatching(service, per_webhook=1):
            until(lambda: all_settled(service))
        answered(service, survey, 9)
    assert len(receiver.requests) == 1
    assert [row[1:] for row in statuses(service)] == [
        ("failed", "gone"),
        *[("held", "disabled")] * 4,
    ]
    with service.database.read() as connection:
        found = webhooks.of_delivery(connection, webhook.id, service.vault)
    assert found is not None
    assert (found.status, found.disabled_reason) == ("disabled", "gone")


def test_a_pause_holds_and_its_end_sends(service: Service) -> None:
    survey = make_survey(service, make_project(service), settle_s=1)
    with Receiver(status(200)) as receiver:
        webhook = make_webhook(service, survey.project_id, url=receiver.url, events=ALERT)
        collect(service, link_token(service, survey, now=now()), answer(2), now())
        # As a configuration change that does not touch the outbox would: the claim must see it.
        with service.database.write() as connection:
            paused = webhooks.of_delivery(connection, webhook.id, service.vault)
            assert paused is not None
            webhooks.save(connection, replace(paused, status="paused"), service.vault)
            catalog.bump(connection)
        with dispatching(service):
            until(lambda: all_settled(service))
            assert statuses(service) == [("alert.detractor", "held", "paused")]
            assert rows(service, deliveries)[0]["attempts"] == 0
            change_webhook(service, survey.project_id, webhook.id, {"status": "active"}, now())
            until(lambda: receiver.requests)


def test_a_webhook_removed_while_its_delivery_is_in_flight_ends_quietly(
    service: Service, survey: Survey
) -> None:
    def remove_and_answer(stream: socket.socket, over: threading.Event) -> None:
        with service.database.write() as connection:
            webhooks.remove(connection, survey.project_id, webhook.id)
        status(200)(stream, over)

    with Receiver(remove_and_answer) as receiver:
        webhook = make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        with dispatching(service):
            until(lambda: receiver.requests and not rows(service, deliveries))
    assert rows(service, attempts) == []


def test_every_attempt_is_counted_by_its_outcome(service: Service, survey: Survey) -> None:
    counted: list[str] = []
    with Receiver(in_turn(status(404), status(200))) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        with dispatching(service, on_attempt=counted.append):
            until(lambda: all_settled(service))
    assert counted == ["http_4xx", "delivered"]


def test_an_idle_dispatcher_shows_that_it_is_alive(service: Service) -> None:
    with service.database.read() as connection:
        assert heartbeats.latest(connection) is None
    start = now()
    with dispatching(service):
        until(lambda: _latest(service) is not None)
    latest = _latest(service)
    assert latest is not None
    assert abs(latest - start) < timedelta(seconds=10)


def test_a_lease_shorter_than_an_attempt_is_refused() -> None:
    with pytest.raises(ValueError, match="outlast"):
        WorkerOptions(public_url=None, name="test", deadline_s=15, lease_s=15)


def _latest(service: Service) -> datetime | None:
    with service.database.read() as connection:
        return heartbeats.latest(connection)
