"""The outbox by itself: who may claim what, and whose settlement counts."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from feedback_service.domain.alerting.deliveries import Attempt, Delivery
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.ids import new_id
from feedback_service.storage.dispatch import claimed, outbox
from feedback_service.storage.dispatch.claimed import Aside
from feedback_service.storage.dispatch.outbox import Settlement
from feedback_service.storage.engine import clock, heartbeats
from feedback_service.storage.tables.outbox import attempts, deliveries
from feedback_service.usecases.service import Service
from tests.factories import (
    NOW,
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
)

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


@pytest.fixture
def webhook(service: Service) -> Webhook:
    return make_webhook(service, make_project(service))


def queued(service: Service, webhook: Webhook, due_at: datetime = NOW, **changes: Any) -> str:
    """Put a delivery into the outbox; returns its id."""
    values: dict[str, Any] = {"type": "webhook.test", "subject": {}, **changes}
    delivery = Delivery(
        id=new_id("msg", due_at),
        project_id=webhook.project_id,
        webhook_id=webhook.id,
        event_at=due_at,
        created_at=due_at,
        next_at=due_at,
        **values,
    )
    with service.database.write() as connection:
        outbox.add(connection, delivery)
    return delivery.id


def claim(
    service: Service, webhook: Webhook, at: datetime = NOW, token: str = "mine", limit: int = 10
) -> list[Delivery]:
    with service.database.write() as connection:
        return outbox.claim(
            connection,
            webhook_id=webhook.id,
            limit=limit,
            lease_token=token,
            lease_until=at + LEASE,
            now=at,
        )


def settle(service: Service, delivery_id: str, token: str = "mine") -> bool:
    attempt = Attempt(1, NOW, 12.0, 200, None, "ok")
    settlement = Settlement(delivery_id, token, "delivered", None, None, attempt, NOW)
    with service.database.write() as connection:
        return claimed.settle(connection, [settlement])[0]


def waiting(service: Service, at: datetime = NOW) -> list[str]:
    with service.database.read() as connection:
        return outbox.waiting_webhooks(connection, at)


def test_a_claim_counts_the_attempt_it_begins(service: Service, webhook: Webhook) -> None:
    queued(service, webhook)
    assert claim(service, webhook)[0].attempts == 1
    assert rows(service, deliveries)[0]["attempts"] == 1


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(
    service: Service, webhook: Webhook
) -> None:
    queued(service, webhook)
    claim(service, webhook)
    assert claim(service, webhook, NOW + LEASE, "other") == []
    assert waiting(service, NOW + LEASE) == []
    assert waiting(service, NOW + LEASE + SECOND) == [webhook.id]
    assert claim(service, webhook, NOW + LEASE + SECOND, "other")[0].attempts == 2


def test_a_claim_takes_the_longest_due_first_and_no_more_than_its_limit(
    service: Service, webhook: Webhook
) -> None:
    late, later = queued(service, webhook, NOW - SECOND), queued(service, webhook, NOW)
    queued(service, webhook, NOW + SECOND)
    assert [delivery.id for delivery in claim(service, webhook, limit=1)] == [late]
    assert [delivery.id for delivery in claim(service, webhook)] == [later]


def test_webhooks_wait_in_the_order_of_their_oldest_due_delivery(
    service: Service, webhook: Webhook
) -> None:
    longer = make_webhook(service, webhook.project_id)
    idle = make_webhook(service, webhook.project_id)
    queued(service, webhook, NOW - SECOND)
    queued(service, longer, NOW - 2 * SECOND)
    queued(service, longer, NOW)
    queued(service, idle, NOW + SECOND)
    queued(service, idle, NOW - SECOND, status="held")
    assert waiting(service) == [longer.id, webhook.id]
    assert [delivery.webhook_id for delivery in claim(service, webhook)] == [webhook.id]


def test_a_late_settlement_changes_nothing(service: Service, webhook: Webhook) -> None:
    delivery_id = queued(service, webhook)
    claim(service, webhook, NOW, "late")
    claim(service, webhook, NOW + 2 * LEASE, "newer")
    assert not settle(service, delivery_id, "late")
    assert rows(service, deliveries)[0]["status"] == "pending"
    assert rows(service, attempts) == []
    assert settle(service, delivery_id, "newer")
    assert not settle(service, delivery_id, "newer")
    assert len(rows(service, attempts)) == 1


def test_settlements_of_one_batch_stand_and_fall_alone(service: Service, webhook: Webhook) -> None:
    ids = [queued(service, webhook) for _ in range(3)]
    claim(service, webhook)
    settle(service, ids[1])
    batch = [Settlement(each, "mine", "failed", "exhausted", None, None, NOW) for each in ids]
    with service.database.write() as connection:
        assert claimed.settle(connection, batch) == [True, False, True]


def test_a_body_is_frozen_once_and_only_by_the_lease(service: Service, webhook: Webhook) -> None:
    delivery_id = queued(service, webhook)
    claim(service, webhook)
    for token, body in (("other", b"0"), ("mine", b"1"), ("mine", b"2")):
        with service.database.write() as connection:
            claimed.freeze(connection, token, {delivery_id: body})
    assert rows(service, deliveries)[0]["body"] == b"1"


@pytest.mark.parametrize("status", ["held", "cancelled", "failed"])
def test_what_is_put_aside_was_never_tried(service: Service, webhook: Webhook, status: Any) -> None:
    delivery_id = queued(service, webhook)
    claim(service, webhook)
    with service.database.write() as connection:
        claimed.put_aside(connection, "mine", {delivery_id: Aside(status, "because")}, NOW)
    row = rows(service, deliveries)[0]
    assert (row["status"], row["reason"], row["attempts"]) == (status, "because", 0)
    assert (row["lease_token"], row["lease_until"]) == (None, None)
    assert row["settled_at"] == (None if status == "held" else NOW)
    assert claim(service, webhook, NOW + 2 * LEASE) == []


def test_an_alert_raised_again_moves_until_its_first_attempt_and_never_after(
    service: Service,
) -> None:
    survey = make_survey(service, make_project(service), settle_s=60)
    webhook = make_webhook(service, survey.project_id, events=("alert.detractor",))
    token = link_token(service, survey)
    collect(service, token, answer(3))
    assert claim(service, webhook, NOW + SECOND) == []
    collect(service, token, answer(3, "slow"), NOW + SECOND)
    assert len(claim(service, webhook, NOW + SECOND)) == 1
    before = rows(service, deliveries)
    collect(service, token, answer(2, "very slow"), NOW + 2 * SECOND)
    assert rows(service, deliveries) == before


def test_dispatchers_that_claim_at_once_share_the_rows(service: Service, webhook: Webhook) -> None:
    ids = {queued(service, webhook) for _ in range(40)}
    found: list[str] = []

    def take(token: str) -> None:
        while mine := claim(service, webhook, token=token, limit=3):
            found.extend(delivery.id for delivery in mine)

    threads = [threading.Thread(target=take, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # SKIP LOCKED may show a claimer nothing while others hold the last rows: nobody waits for them.
    found.extend(delivery.id for delivery in claim(service, webhook, token="last"))
    assert sorted(found) == sorted(ids)


def test_the_latest_heartbeat_counts_and_old_ones_are_forgotten(service: Service) -> None:
    def latest() -> datetime | None:
        with service.database.read() as connection:
            return heartbeats.latest(connection)

    assert latest() is None
    for name, at in (("one", NOW), ("two", NOW + 5 * SECOND), ("one", NOW + 10 * SECOND)):
        with service.database.write() as connection:
            heartbeats.beat(connection, name, at)
    assert latest() == NOW + 10 * SECOND
    with service.database.write() as connection:
        heartbeats.beat(connection, "three", NOW + timedelta(days=2))
        assert heartbeats.latest(connection) == NOW + timedelta(days=2)


def test_a_look_at_the_clock_goes_on_by_itself(service: Service) -> None:
    with service.database.read() as connection:
        first, second = clock.read(connection), clock.read(connection)
    assert timedelta(0) <= second.at - first.at < 5 * SECOND
    assert abs(first.now() - second.now()) < SECOND


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_no_plan_of_postgresql_claims_more_than_it_should(
    service: Service, webhook: Webhook
) -> None:
    """As a subquery the choice was made once for each row, in plans as these settings bring."""
    for number in range(6):
        queued(service, webhook, NOW + number * SECOND)
    with service.database.write() as connection:
        for way in ("hashjoin", "hashagg", "mergejoin", "sort", "material"):
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
        taken = outbox.claim(
            connection,
            webhook_id=webhook.id,
            limit=1,
            lease_token="mine",
            lease_until=NOW + LEASE,
            now=NOW + 10 * SECOND,
        )
    assert len(taken) == 1
