"""Answers lose names and words when their project need not keep them, and keep counting."""

from datetime import timedelta

import pytest

from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.delivery.care.old_answers import AnswerPruner
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.storage.forgetting import retention
from feedback_service.usecases.following_up.look_after import care_of, set_care
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.summary import summary
from feedback_service.usecases.service import Service
from tests.delivery.dispatching import now
from tests.factories import (
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
    stored_response,
)

KEPT = timedelta(days=30)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def given(service: Service, survey: Survey, ago: timedelta, score: int = 3) -> Response:
    at = now() - ago
    token = link_token(
        service, survey, respondent="ann", campaign="spring", traits={"plan": "pro"}, now=at
    )
    said = answer(score, "My name is Ann", complete=True, page_url="https://shop.example/ann")
    return collect(service, token, said, at).response


def pruned(service: Service) -> None:
    pruner = AnswerPruner(service.database)
    while pruner.run():
        pass


def test_old_answers_keep_their_score_and_nothing_of_the_person(
    service: Service, survey: Survey
) -> None:
    make_webhook(service, survey.project_id)
    old = given(service, survey, KEPT + timedelta(days=1))
    young = given(service, survey, KEPT - timedelta(days=1))
    set_care(service, survey.project_id, {"answer_days": 30})
    pruned(service)
    left = stored_response(service, old)
    assert (left.respondent, left.comment, left.page_url) == (None, None, None)
    assert (left.answers, left.traits) == ({}, {})
    assert (left.score, left.band, left.campaign) == (3, "detractor", "spring")
    assert stored_response(service, young) == young
    unsent = rows(service, schema.deliveries, response_id=old.id)
    assert {row["status"] for row in unsent} == {"cancelled"}
    first = (now() - timedelta(days=60)).date()
    found = summary(service, survey.project_id, Asked("nps", None, first, None), now())
    assert found.figures[0][1].distribution[3] == 2


def test_nothing_is_forgotten_unless_the_project_says_so(service: Service, survey: Survey) -> None:
    old = given(service, survey, timedelta(days=3_000))
    pruned(service)
    assert stored_response(service, old) == old
    set_care(service, survey.project_id, {"answer_days": 30})
    set_care(service, survey.project_id, {"answer_days": None})
    pruned(service)
    assert stored_response(service, old) == old
    assert care_of(service, survey.project_id).answer_days is None


def test_another_project_keeps_its_answers(service: Service, survey: Survey) -> None:
    theirs = make_survey(service, make_project(service, "rival"))
    old = given(service, theirs, timedelta(days=99))
    set_care(service, survey.project_id, {"answer_days": 30})
    pruned(service)
    assert stored_response(service, old) == old


def test_many_are_gone_through_in_portions_and_only_once(
    service: Service, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [given(service, survey, timedelta(days=90 - n)) for n in range(7)]
    set_care(service, survey.project_id, {"answer_days": 30})
    monkeypatch.setattr("feedback_service.delivery.care.old_answers._BATCH", 3)
    pruned(service)
    assert {stored_response(service, one).comment for one in old} == {None}
    with service.database.write() as connection:
        emptied, more = retention.forget_old_answers(connection, now(), 3)
    assert (emptied, more) == (0, False)


def test_forgetting_opens_no_case(service: Service, survey: Survey) -> None:
    given(service, survey, timedelta(days=90))
    set_care(service, survey.project_id, {"answer_days": 30})
    pruned(service)
    CaseOpener(service.database).run()
    assert rows(service, schema.case_candidates) == []


@pytest.mark.parametrize("days", [0, 29, 36_501])
def test_days_that_make_no_sense_are_refused(service: Service, survey: Survey, days: int) -> None:
    with pytest.raises(InvalidValue):
        set_care(service, survey.project_id, {"answer_days": days})
