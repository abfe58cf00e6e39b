"""The care of webhooks: given up and back, paced, paused, emptied; on both engines."""

from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import update

from feedback_service.delivery.care.pruning import Pruner
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.surveys import Survey
from feedback_service.storage.dispatch import webhooks
from feedback_service.storage.engine import health
from feedback_service.storage.tables.outbox import attempts, deliveries, webhook_health
from feedback_service.usecases.following_up.look_after import set_care
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_webhook import change_webhook, replay, retry_delivery
from feedback_service.usecases.setup.configure_webhook import test_webhook as send_test
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
from tests.delivery.receivers import Receiver, status
from tests.factories import make_project, make_survey, make_webhook, rows

SCORED = ("response.scored",)
NEWS = ("webhook.disabled", "webhook.recovered")
DAY = timedelta(days=1)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


def failing_for(service: Service, webhook_id: str, days: float, failures: int = 20) -> None:
    """Let a webhook look back on days of failures."""
    with service.database.write() as connection:
        values = {"failing_since": now() - days * DAY, "failures": failures}
        webhook = {"webhook_id": webhook_id}
        connection.execute(webhook_health.insert().values(**webhook, **values))


def state_of(service: Service, webhook_id: str) -> tuple[str, str | None]:
    with service.database.read() as connection:
        found = webhooks.of_delivery(connection, webhook_id, service.vault)
    assert found is not None
    return found.status, found.disabled_reason


def test_after_five_days_of_failures_it_is_disabled_and_everybody_hears_of_it(
    service: Service, survey: Survey
) -> None:
    with Receiver(status(503)) as down, Receiver(status(200)) as other:
        sick = make_webhook(service, survey.project_id, url=down.url, events=(*SCORED, *NEWS))
        make_webhook(service, survey.project_id, url=other.url, events=NEWS)
        failing_for(service, sick.id, days=5.1)
        answered(service, survey, 9)
        with structlog.testing.capture_logs() as logs, dispatching(service, retry_scale=1.0):
            until(lambda: other.requests)
        answered(service, survey, 8)
    assert state_of(service, sick.id) == ("disabled", "failing")
    assert statuses(service, webhook_id=sick.id) == [("response.scored", "held", "disabled")] * 2
    (news,) = received(other)
    told = news.json["data"]["webhook"]
    assert (news.json["type"], told["id"], told["reason"]) == (
        "webhook.disabled",
        sick.id,
        "failing",
    )
    assert told["url"] == "http://127.0.0.1"
    (line,) = [entry for entry in logs if entry["event"] == "webhook disabled"]
    assert (line["log_level"], line["webhook_id"]) == ("error", sick.id)
    assert health.gauges(service.database, now())["feedback_webhooks_disabled"] == 1


@pytest.mark.parametrize(
    ("days", "failures"),
    [pytest.param(4.9, 500, id="not long enough"), pytest.param(9, 8, id="not often enough")],
)
def test_it_is_not_disabled_before_its_time(
    service: Service, survey: Survey, days: float, failures: int
) -> None:
    with Receiver(status(503)) as down:
        sick = make_webhook(service, survey.project_id, url=down.url, events=SCORED)
        failing_for(service, sick.id, days=days, failures=failures)
        answered(service, survey, 9)
        with dispatching(service, retry_scale=1.0):
            until(lambda: rows(service, attempts))
    assert state_of(service, sick.id) == ("active", None)
    assert health.gauges(service.database, now())["feedback_webhooks_failing"] == 1


def test_one_success_ends_the_run_of_failures_and_is_told(service: Service, survey: Survey) -> None:
    with Receiver(status(200)) as back, Receiver(status(200)) as other:
        well = make_webhook(service, survey.project_id, url=back.url, events=SCORED)
        make_webhook(service, survey.project_id, url=other.url, events=NEWS)
        failing_for(service, well.id, days=4)
        answered(service, survey, 9)
        with dispatching(service, retry_scale=1.0):
            until(lambda: other.requests)
    assert received(other)[0].json["type"] == "webhook.recovered"
    (row,) = rows(service, webhook_health, webhook_id=well.id)
    assert (row["failing_since"], row["failures"]) == (None, 0)


def test_who_is_enabled_again_gets_what_was_held_and_a_new_chance(
    service: Service, survey: Survey
) -> None:
    with Receiver(in_turn(status(503), status(200))) as receiver:
        sick = make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        failing_for(service, sick.id, days=6)
        answered(service, survey, 9)
        with dispatching(service):
            until(lambda: state_of(service, sick.id)[0] == "disabled")
            change_webhook(service, survey.project_id, sick.id, {"status": "active"}, now())
            until(lambda: statuses(service)[0][1] == "delivered")
    assert state_of(service, sick.id) == ("active", None)
    assert len({request.id for request in received(receiver)}) == 1


def test_what_was_held_may_stay_held_and_be_sent_from_a_time_on(
    service: Service, survey: Survey
) -> None:
    with Receiver(status(200)) as receiver:
        webhook = make_webhook(
            service, survey.project_id, url=receiver.url, events=SCORED, status="paused"
        )
        answered(service, survey, 1)
        with service.database.write() as connection:
            connection.execute(update(deliveries).values(event_at=now() - 3 * DAY))
        answered(service, survey, 9)
        wish: dict[str, Any] = {"status": "active", "send_held": False}
        change_webhook(service, survey.project_id, webhook.id, wish, now())
        with dispatching(service):
            assert replay(service, survey.project_id, webhook.id, now() - DAY, now()) == 1
            until(lambda: receiver.requests)
    assert [row[1:] for row in statuses(service)] == [("delivered", None), ("held", "paused")]
    assert received(receiver)[0].json["data"]["response"]["score"] == 9


def test_no_more_than_the_rate_begin_however_many_dispatchers_there_are(
    service: Service, another_service: OpenService, survey: Survey
) -> None:
    with Receiver(status(200)) as slow, Receiver(status(200)) as quick:
        limited = make_webhook(
            service, survey.project_id, url=slow.url, events=SCORED, rate_per_minute=12
        )
        make_webhook(service, survey.project_id, url=quick.url, events=SCORED)
        for _ in range(12):
            answered(service, survey, 9)
        with dispatching(service), dispatching(another_service(), name="two"):
            until(lambda: len(quick.requests) == 12)
            until(lambda: slow.requests)
    assert len(slow.requests) <= 3
    waiting = rows(service, deliveries, webhook_id=limited.id, status="pending")
    assert len(waiting) == 12 - len(slow.requests)
    assert {row["attempts"] for row in waiting} == {0}


def test_an_attempt_keeps_its_request_without_the_owners_passwords(
    service: Service, survey: Survey
) -> None:
    with Receiver(status(200)) as receiver:
        headers = {"Authorization": "Bearer t0psecret"}
        webhook = make_webhook(
            service, survey.project_id, url=receiver.url, events=SCORED, headers=headers
        )
        send_test(service, survey.project_id, webhook.id, now())
        with dispatching(service):
            until(lambda: all_settled(service))
    (attempt,) = rows(service, attempts)
    sent = received(receiver)[0].headers
    shown = {name.lower(): text for name, text in attempt["request"]["headers"].items()}
    assert sent["authorization"] == "Bearer t0psecret"
    assert shown["authorization"] == "(hidden)"
    for name in ("webhook-id", "webhook-signature", "webhook-timestamp", "content-length"):
        assert shown[name] == sent[name]
    assert (attempt["request"]["method"], attempt["request"]["url"]) == ("POST", receiver.url)


def test_what_arrived_long_ago_is_emptied_and_cannot_be_sent_again(
    service: Service, survey: Survey
) -> None:
    set_care(service, survey.project_id, {"delivery_days": 7})
    with Receiver(status(200)) as receiver:
        webhook = make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        for _ in range(2):
            answered(service, survey, 9)
        with dispatching(service):
            until(lambda: all_settled(service))
        old, young = rows(service, deliveries)
        with service.database.write() as connection:
            which = deliveries.c.id == old["id"]
            connection.execute(update(deliveries).where(which).values(settled_at=now() - 7.1 * DAY))
        assert Pruner(service.database).run() is False
        bodies = {row["id"]: row["body"] is None for row in rows(service, deliveries)}
        assert bodies == {old["id"]: True, young["id"]: False}
        assert [row["delivery_id"] for row in rows(service, attempts)] == [young["id"]]
        assert replay(service, survey.project_id, webhook.id, now() - 30 * DAY, now()) == 1
        with pytest.raises(InvalidValue, match="no longer kept"):
            retry_delivery(service, survey.project_id, old["id"], now())


def test_what_failed_is_kept_three_times_as_long(service: Service, survey: Survey) -> None:
    with Receiver(status(500)) as receiver:
        make_webhook(service, survey.project_id, url=receiver.url, events=SCORED)
        answered(service, survey, 9)
        with dispatching(service, retry_scale=1e-6):
            until(lambda: all_settled(service))
    for days, kept in ((89, True), (91, False)):
        with service.database.write() as connection:
            connection.execute(update(deliveries).values(settled_at=now() - days * DAY))
        Pruner(service.database).run()
        (row,) = rows(service, deliveries)
        assert (row["body"] is not None) is kept
    # Rendered anew, it would go out under its old id with other bytes.
    change_webhook(service, survey.project_id, row["webhook_id"], {"status": "active"}, now())
    assert replay(service, survey.project_id, row["webhook_id"], now() - 99 * DAY, now()) == 0
    with pytest.raises(InvalidValue, match="no longer kept"):
        retry_delivery(service, survey.project_id, row["id"], now())
