"""Drills: what must not happen does not, when dispatchers, databases and receivers die in turn."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import structlog
from sqlalchemy import insert, select

from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.ids import new_id
from feedback_service.domain.surveys import Survey
from feedback_service.storage.dispatch.outbox import COLUMNS
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.usecases.service import Service, open_service
from tests.crashing import restartable_postgresql
from tests.delivery.dispatching import (
    all_settled,
    answered,
    dispatching,
    in_turn,
    now,
    received,
    until,
)
from tests.delivery.receivers import LOOPBACK as OUTBOUND
from tests.delivery.receivers import Receiver, hang, status
from tests.delivery.worker_process import STEPS
from tests.engines import Postgresql
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

pytestmark = pytest.mark.slow

SCORED = ("response.scored",)
TESTS = ("webhook.test",)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


def queue_many(service: Service, project_id: int, webhook_id: str, count: int) -> None:
    """Queue events that are about nothing in particular, all due now."""
    at = now()
    queued = [
        Delivery(
            id=new_id("msg", at),
            project_id=project_id,
            webhook_id=webhook_id,
            type="webhook.test",
            event_at=at,
            created_at=at,
            subject={"webhook": webhook_id, "message": f"number {number}"},
            next_at=at,
        )
        for number in range(count)
    ]
    values = [{name: getattr(delivery, name) for name in COLUMNS} for delivery in queued]
    with service.database.write() as connection:
        connection.execute(insert(deliveries), values)


@pytest.mark.parametrize("step", STEPS)
def test_a_dispatcher_killed_at_any_step_loses_nothing(
    service: Service, database_url: str, survey: Survey, step: str
) -> None:
    with Receiver(status(200)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        command = [sys.executable, "-m", "tests.delivery.worker_process", database_url, "1", step]
        killed = subprocess.run(command, timeout=30, check=False)
        assert killed.returncode == -signal.SIGKILL
        with dispatching(service):
            until(lambda: all_settled(service))
    assert [row["status"] for row in rows(service, deliveries)] == ["delivered"]
    got = received(receiver)
    assert len({(request.id, request.body) for request in got}) == 1
    # Only what had been sent and was not yet on record is sent again.
    assert len(got) == (2 if step in {"sent", "written"} else 1)


def test_a_black_hole_with_a_thousand_events_does_not_delay_another(
    service: Service, survey: Survey
) -> None:
    with Receiver(hang) as black_hole, Receiver(status(200)) as quick:
        hole = make_webhook(service, survey.project_id, url=black_hole.url, events=TESTS)
        make_webhook(service, survey.project_id, url=quick.url, events=SCORED)
        queue_many(service, survey.project_id, hole.id, 1_000)
        waits, begin = [], time.monotonic()
        with dispatching(service, deadline_s=2.0, poll_s=0.25):
            until(lambda: black_hole.requests)
            for number in range(1, 31):
                start = time.monotonic()
                answered(service, survey, 9)
                until(lambda number=number: len(quick.requests) == number)  # type: ignore[misc]  # mypy does not infer a lambda's default
                waits.append(time.monotonic() - start)
            # However much waits for it, it holds one sender at a time, until the deadline.
            assert black_hole.connections <= (time.monotonic() - begin) / 2.0 + 1
        assert sorted(waits)[int(0.95 * len(waits))] < 2.0, waits


@pytest.mark.parametrize("dispatchers", [2, 8])
def test_dispatchers_share_the_work_and_none_of_it_is_done_twice(
    postgresql: Postgresql, dispatchers: int
) -> None:
    url, events = postgresql.migrated(), 240
    with ExitStack() as stack, Receiver(status(200)) as receiver:
        services = [open_service(url, SECRET_KEYS, OUTBOUND, 8) for _ in range(dispatchers)]
        for each in services:
            stack.callback(each.database.dispose)
        survey = make_survey(services[0], make_project(services[0]))
        for _ in range(3):
            webhook = make_webhook(services[0], survey.project_id, url=receiver.url, events=TESTS)
            queue_many(services[0], survey.project_id, webhook.id, events // 3)
        for number, each in enumerate(services):
            stack.enter_context(dispatching(each, name=f"number {number}", senders=4))
        until(lambda: all_settled(services[0]), 30)
        got = Counter(request.id for request in received(receiver))
    assert len(got) == events
    assert set(got.values()) == {1}
    postgresql.drop(url)


def test_people_who_change_their_answers_while_these_are_told_never_wait_in_a_circle(
    postgresql: Postgresql,
) -> None:
    service = open_service(postgresql.migrated(), SECRET_KEYS, OUTBOUND, 30)
    survey = make_survey(service, make_project(service), settle_s=0, edit_window_s=10**6)
    tokens = [link_token(service, survey, now=now()) for _ in range(20)]

    def person(seed: int) -> int:
        rng = random.Random(seed)
        for number in range(15):
            given = answer(rng.choice([1, 2, 9]), f"words {seed} {number}")
            collect(service, rng.choice(tokens), given, now())
        return seed

    with Receiver(in_turn(*[status(500), status(200)] * 40)) as receiver:
        for _ in range(3):
            make_webhook(service, survey.project_id, url=receiver.url)
        with (
            structlog.testing.capture_logs() as logs,
            dispatching(service, retry_scale=1e-5, round_s=0.05),
            ThreadPoolExecutor(8) as people,
        ):
            # PostgreSQL breaks a deadlock after a second, and the answer would be refused.
            assert list(people.map(person, range(8))) == list(range(8))
    assert "database away" not in {entry["event"] for entry in logs}
    service.database.dispose()


def test_a_database_that_crashes_while_news_leave_loses_none() -> None:
    with restartable_postgresql() as (postgresql, restart), Receiver(status(200)) as receiver:
        service = open_service(postgresql.migrated(), SECRET_KEYS, OUTBOUND)
        survey = make_survey(service, make_project(service))
        webhook = make_webhook(service, survey.project_id, url=receiver.url, events=TESTS)
        queue_many(service, survey.project_id, webhook.id, 200)
        with dispatching(service, lease_s=3.0, deadline_s=2.0):
            for crash in (1, 2):
                until(lambda crash=crash: len(receiver.requests) >= 50 * crash)  # type: ignore[misc]  # mypy does not infer a lambda's default
                restart()
            until(lambda: _all_settled_or_away(service), 60)
        with service.database.read() as connection:
            ids = set(connection.execute(select(deliveries.c.id)).scalars())
            states = set(connection.execute(select(deliveries.c.status)).scalars())
        service.database.dispose()
    got = Counter(request.id for request in received(receiver))
    assert states == {"delivered"}
    assert set(got) == ids
    # Twice only what was under way when it crashed: at most one per sender of this webhook.
    assert sum(got.values()) - len(got) <= 2 * 4


def _all_settled_or_away(service: Service) -> bool:
    try:
        return all_settled(service)
    except StorageUnavailable:  # it may be starting
        return False
