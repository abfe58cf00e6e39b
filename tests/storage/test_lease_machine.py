"""Leases under every order of claim, crash, expiry, late settlement, correction, completion."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from feedback_service.domain.alerting.deliveries import Attempt, Delivery
from feedback_service.domain.responses import Answer
from feedback_service.storage.dispatch import claimed, outbox
from feedback_service.storage.dispatch.claimed import Aside
from feedback_service.storage.dispatch.outbox import Settlement
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.storage.tables.responses import responses
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
ALERT = "alert.detractor"


class Leases(RuleBasedStateMachine):
    """One response, three kinds of deliveries, any number of dispatchers that may die.

    A crash is a claim that is never settled, or settled when its lease is long over.
    """

    claims = Bundle("claims")
    service: ClassVar[Service]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        project_id = make_project(self.service, slug=uuid4().hex)
        survey = make_survey(self.service, project_id, settle_s=60, edit_window_s=10**6)
        self.webhook = make_webhook(self.service, project_id)
        self.token = link_token(self.service, survey)
        # delivery id -> the token and the end of its newest lease, until it is settled
        self.leases: dict[str, tuple[str, datetime]] = {}
        self.bodies: dict[str, bytes] = {}
        self.delivered: dict[str, dict[str, Any]] = {}

    @rule(score=st.sampled_from([0, 6, 7, 10]), comment=st.sampled_from([None, "", "slow"]))
    def score(self, score: int, comment: str | None) -> None:
        collect(self.service, self.token, answer(score, comment), self.now)

    @rule()
    def complete(self) -> None:
        collect(self.service, self.token, Answer(complete=True), self.now)

    @rule(seconds=st.sampled_from([1, 30, 61]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=claims, limit=st.integers(1, 4))
    def claim(self, limit: int) -> Any:
        due = {row["id"] for row in self._rows() if self._is_due(row)}
        token = uuid4().hex
        with self.service.database.write() as connection:
            found = outbox.claim(
                connection,
                webhook_id=self.webhook.id,
                limit=limit,
                lease_token=token,
                lease_until=self.now + LEASE,
                now=self.now,
            )
            kept = [each for each in found if self._made_ready(connection, token, each)]
        assert {delivery.id for delivery in found} <= due
        assert len(found) == min(limit, len(due))
        for delivery in kept:
            self.leases[delivery.id] = (token, self.now + LEASE)
        return multiple(*((delivery, token) for delivery in kept))

    @rule(claim=claims, delivered=st.booleans())
    def settle(self, claim: tuple[Delivery, str], delivered: bool) -> None:
        delivery, token = claim
        kept = self._settle(delivery, token, delivered)
        holder = self.leases.get(delivery.id)
        assert kept == (holder is not None and holder[0] == token)
        if kept:
            del self.leases[delivery.id]
            if delivered:
                self.delivered[delivery.id] = self._row(delivery.id)

    @invariant()
    def what_was_delivered_stays_and_bodies_never_change(self) -> None:
        for row in self._rows():
            assert self.delivered.get(row["id"], row) == row
            assert self.bodies.get(row["id"], row["body"]) == row["body"]

    def teardown(self) -> None:
        """Let every lease end and deliver what is due: nothing may be left, no alert lost."""
        self.now += timedelta(seconds=600)
        while self.claim(4).values:
            for row in self._rows():
                if row["id"] in self.leases:
                    delivery = Delivery(**{name: row[name] for name in outbox.COLUMNS})
                    self.settle((delivery, self.leases[row["id"]][0]), True)
        found = {row["type"]: row["status"] for row in self._rows()}
        assert set(found.values()) <= {"delivered", "cancelled"}
        if self._band() == "detractor":
            assert found[ALERT] == "delivered"

    def _made_ready(self, connection: Any, token: str, delivery: Delivery) -> bool:
        """Look again and freeze, as the dispatcher does; False when it is put aside."""
        if delivery.body is not None:
            assert delivery.body == self.bodies[delivery.id]
            return True
        if delivery.type == ALERT and self._band() != "detractor":
            aside = {delivery.id: Aside("cancelled", "corrected")}
            claimed.put_aside(connection, token, aside, self.now)
            return False
        self.bodies[delivery.id] = uuid4().bytes
        claimed.freeze(connection, token, {delivery.id: self.bodies[delivery.id]})
        return True

    def _settle(self, delivery: Delivery, token: str, delivered: bool) -> bool:
        attempt = Attempt(delivery.attempts, self.now, 1.0, 200 if delivered else 500, None, None)
        settlement = Settlement(
            delivery_id=delivery.id,
            lease_token=token,
            status="delivered" if delivered else "pending",
            reason=None,
            next_at=None if delivered else self.now + timedelta(seconds=5),
            attempt=attempt,
            now=self.now,
        )
        with self.service.database.write() as connection:
            return claimed.settle(connection, [settlement])[0]

    def _is_due(self, row: Any) -> bool:
        lease = self.leases.get(row["id"])
        free = lease is None or lease[1] < self.now
        return bool(row["status"] == "pending" and row["next_at"] <= self.now and free)

    def _band(self) -> str | None:
        found = rows(self.service, responses, project_id=self.webhook.project_id)
        return found[0]["band"] if found else None

    def _rows(self) -> list[Any]:
        return list(rows(self.service, deliveries, webhook_id=self.webhook.id))

    def _row(self, delivery_id: str) -> Any:
        return rows(self.service, deliveries, id=delivery_id)[0]


@pytest.mark.slow
def test_no_order_of_events_loses_or_doubles_a_delivery(service: Service) -> None:
    class OnThisEngine(Leases):
        pass

    OnThisEngine.service = service
    run_state_machine_as_test(
        OnThisEngine, settings=settings(max_examples=15, stateful_step_count=20)
    )
