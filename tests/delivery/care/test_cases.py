"""Cases open by themselves, with and without webhooks, and are told of; on both engines."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.domain.surveys import Survey
from feedback_service.storage.tables.cases import case_candidates, case_history, cases
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.usecases.following_up.look_after import set_care
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.service import Service
from tests.conftest import OpenService
from tests.delivery.dispatching import answered, dispatching, now, received, until
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


@pytest.fixture
def survey(service: Service) -> Survey:
    """A survey whose alerts wait for nothing."""
    return make_survey(service, make_project(service), settle_s=0)


def opened(service: Service) -> list[str]:
    """Look once, as a dispatcher does; returns the responses that have a case."""
    CaseOpener(service.database).run()
    return [row["response_id"] for row in rows(service, cases)]


def test_a_low_answer_opens_a_case_although_there_is_no_webhook(
    service: Service, survey: Survey
) -> None:
    low = answered(service, survey, 3).response
    answered(service, survey, 9)
    with dispatching(service, round_s=0.05):
        until(lambda: rows(service, cases))
    (case,) = rows(service, cases)
    assert (case["response_id"], case["status"], case["owner"]) == (low.id, "open", None)
    assert case["due_at"] - case["opened_at"] == timedelta(days=2)
    (entry,) = rows(service, case_history)
    assert (entry["actor"], entry["changes"]) == ("feedback-service", {"status": [None, "open"]})


def test_the_project_says_how_soon_it_is_due(service: Service, survey: Survey) -> None:
    set_care(service, survey.project_id, {"case_due_s": 3600})
    answered(service, survey, 3)
    opened(service)
    (case,) = rows(service, cases)
    assert case["due_at"] - case["opened_at"] == timedelta(hours=1)


def test_it_opens_when_the_answer_has_settled_and_not_before(service: Service) -> None:
    survey = make_survey(service, make_project(service), settle_s=600)
    early = answered(service, survey, 3).response
    with_words = answered(service, survey, 2, comment="the form lost my address").response
    assert opened(service) == [with_words.id]
    with service.database.write() as connection:
        connection.execute(update(case_candidates).values(due_at=now()))
    assert sorted(opened(service)) == sorted([early.id, with_words.id])
    assert rows(service, case_candidates) == []


def test_a_corrected_answer_opens_none_until_it_is_low_again(service: Service) -> None:
    survey = make_survey(service, make_project(service), settle_s=600)
    token = link_token(service, survey, now=now())
    collect(service, token, answer(2), now())
    assert opened(service) == []
    collect(service, token, answer(10), now())
    with service.database.write() as connection:
        connection.execute(update(case_candidates).values(due_at=now()))
    assert opened(service) == []
    assert rows(service, case_candidates) == []
    collect(service, token, answer(1, "no, it was bad"), now())
    assert len(opened(service)) == 1


def test_what_does_not_count_opens_none(service: Service, survey: Survey) -> None:
    collect(service, link_token(service, survey, now=now(), test=True), answer(1), now())
    spam = answered(service, survey, 1).response
    mark_response(service, survey.project_id, spam.id, {"excluded": "spam"}, now())
    assert opened(service) == []
    mark_response(service, survey.project_id, spam.id, {"excluded": None}, now())
    assert opened(service) == [spam.id]


def test_two_dispatchers_open_each_case_once(
    service: Service, another_service: OpenService, survey: Survey
) -> None:
    make_webhook(service, survey.project_id, events=("case.opened",), status="paused")
    with (
        dispatching(service, round_s=0.01),
        dispatching(another_service(), name="two", round_s=0.01),
    ):
        for _ in range(20):
            answered(service, survey, 2)
        until(lambda: len(rows(service, cases)) == 20)
    assert len(rows(service, case_history)) == 20
    held = rows(service, deliveries)
    assert [(row["status"], row["reason"]) for row in held] == [("held", "paused")] * 20


def test_a_restarted_dispatcher_goes_on_where_the_last_one_was(
    service: Service, survey: Survey
) -> None:
    first = answered(service, survey, 2).response
    opener = CaseOpener(service.database)
    opener.run()
    second = answered(service, survey, 3).response
    assert opened(service) == [first.id, second.id]


def test_events_of_a_case_carry_the_answer(service: Service, survey: Survey) -> None:
    set_care(service, survey.project_id, {"case_due_s": 60})
    with Receiver(status(200)) as receiver:
        events = ("case.opened", "case.overdue", "case.resolved")
        make_webhook(service, survey.project_id, url=receiver.url, events=events)
        token = link_token(service, survey, respondent="cust_7", now=now())
        low = collect(service, token, answer(2, "slow"), now()).response
        with dispatching(service, round_s=0.05):
            until(lambda: told(receiver) == ["case.opened"])
            wish: dict[str, Any] = {"actor": "Ada", "due_at": now() - timedelta(seconds=1)}
            follow_case(service, survey.project_id, low.id, wish, now())
            until(lambda: told(receiver) == ["case.opened", "case.overdue"])
            again = {"actor": "Ada", "due_at": now() - timedelta(milliseconds=1)}
            follow_case(service, survey.project_id, low.id, again, now())
            until(lambda: told(receiver)[2:] == ["case.overdue"])
            done = {"actor": "Ada", "status": "resolved", "owner": "Ada"}
            follow_case(service, survey.project_id, low.id, done, now())
            until(lambda: told(receiver)[3:] == ["case.resolved"])
    first, last = received(receiver)[0].json["data"], received(receiver)[3].json["data"]
    assert (first["response"]["id"], first["response"]["comment"]) == (low.id, "slow")
    assert (first["respondent"]["ref"], first["sequence"]) == ("cust_7", 1)
    assert (first["case"]["status"], first["case"]["owner"]) == ("open", None)
    assert (last["case"]["status"], last["case"]["owner"]) == ("resolved", "Ada")
    assert last["case"]["sequence"] > first["case"]["sequence"]
    assert last["links"]["response"].endswith(low.id)


def told(receiver: Receiver) -> list[str]:
    return [request.json["type"] for request in received(receiver)]
