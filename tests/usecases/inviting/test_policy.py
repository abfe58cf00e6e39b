"""The contact policy is one gate: what a person did in one channel counts in every other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from feedback_service.domain.errors import ContactPolicyRefusal, InvalidValue
from feedback_service.domain.surveys import Survey
from feedback_service.storage import respondents, schema
from feedback_service.storage.asking import contacts
from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.invite import invite
from feedback_service.usecases.inviting.batch import Batch, Recipient, plan_mailing
from feedback_service.usecases.inviting.explain import eligibility
from feedback_service.usecases.inviting.show import show
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.set_policy import set_contact_policy
from tests.factories import (
    DAY,
    NOW,
    answer,
    collect,
    jwt_token,
    make_project,
    make_signing_key,
    make_survey,
    rows,
)

VISITOR = "5f3a5f3a5f3a5f3a5f3a5f3a5f3a5f3a"
Ask = Callable[..., str]


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service))


def by_api(service: Service, survey: Survey, now: datetime, **more: Any) -> str:
    return invite(
        service, survey.project_id, {"survey": survey.key, "respondent": "anna", **more}, now
    ).token


def by_batch(service: Service, survey: Survey, now: datetime, **_more: Any) -> str:
    mailing = plan_mailing(service, survey.project_id, {"survey": survey.key})
    [link] = Batch(service, mailing).links([Recipient("anna")], now)
    if link.skipped:
        raise ContactPolicyRefusal(link.skipped, link.skipped.partition(":")[0], None)
    return link.token


def by_identity(service: Service, survey: Survey, now: datetime, **_more: Any) -> str:
    key = make_signing_key(service, survey.project_id)
    identity = jwt_token(key, survey.key, now, sub="anna")
    wish = {"survey": survey.key, "identity": identity}
    return show(service, survey.project_id, wish, now).token


def by_visitor(
    service: Service, survey: Survey, now: datetime, visitor: str = VISITOR, *, test: bool = False
) -> str:
    wish = {"survey": survey.key, "visitor": visitor}
    return show(service, survey.project_id, wish, now, test=test).token


CHANNELS = [
    pytest.param(by_api, id="API"),
    pytest.param(by_batch, id="mailing"),
    pytest.param(by_identity, id="widget"),
]


@pytest.mark.parametrize("asked_again", CHANNELS)
@pytest.mark.parametrize("asked", CHANNELS)
def test_who_answered_in_one_channel_is_left_alone_in_every_other(
    service: Service, survey: Survey, asked: Ask, asked_again: Ask
) -> None:
    collect(service, asked(service, survey, NOW))
    with pytest.raises(ContactPolicyRefusal) as refused:
        asked_again(service, survey, NOW + 89 * DAY)
    assert refused.value.reason == "answered-recently"
    assert asked_again(service, survey, NOW + 90 * DAY)


@pytest.mark.parametrize("asked", CHANNELS)
def test_who_declined_is_left_alone_for_a_shorter_time(
    service: Service, survey: Survey, asked: Ask
) -> None:
    collect(service, asked(service, survey, NOW), answer(dismissed=True))
    with pytest.raises(ContactPolicyRefusal) as refused:
        asked(service, survey, NOW + 29 * DAY)
    assert refused.value.reason == "declined-recently"
    assert asked(service, survey, NOW + 30 * DAY)


def test_being_sent_or_shown_a_survey_is_no_reason(service: Service, survey: Survey) -> None:
    for asked in (by_api, by_batch, by_identity, by_visitor):
        for _ in range(4):
            assert asked(service, survey, NOW)


def test_an_anonymous_visitor_is_left_alone_and_stored_nowhere(
    service: Service, survey: Survey
) -> None:
    token = by_visitor(service, survey, NOW)
    collect(service, token)
    with pytest.raises(ContactPolicyRefusal) as refused:
        by_visitor(service, survey, NOW + DAY)
    assert refused.value.until == NOW + 90 * DAY
    assert by_visitor(service, survey, NOW + DAY, visitor="another")
    [stored] = rows(service, schema.responses)
    assert stored["respondent"] is None
    everything = repr([rows(service, table) for table in schema.metadata.sorted_tables])
    assert VISITOR not in everything


def test_a_visitor_answers_again_when_the_wait_is_over(service: Service, survey: Survey) -> None:
    for number in range(10):
        then = NOW + number * 90 * DAY
        collect(service, by_visitor(service, survey, then), now=then)
    assert len(rows(service, schema.responses)) == 10


def test_a_visitor_who_signs_in_is_still_the_visitor(service: Service, survey: Survey) -> None:
    collect(service, by_visitor(service, survey, NOW), answer(dismissed=True))
    key = make_signing_key(service, survey.project_id)
    identity = jwt_token(key, survey.key, NOW + DAY, sub="anna")
    wish = {"survey": survey.key, "identity": identity, "visitor": VISITOR}
    with pytest.raises(ContactPolicyRefusal):
        show(service, survey.project_id, wish, NOW + DAY)


def test_tests_are_shown_again_and_count_for_nothing(service: Service, survey: Survey) -> None:
    for _ in range(3):
        collect(service, by_visitor(service, survey, NOW, test=True))
    assert len(rows(service, schema.responses)) == 3
    assert by_visitor(service, survey, NOW)
    assert by_api(service, survey, NOW)
    collect(service, by_api(service, survey, NOW))
    assert by_api(service, survey, NOW, test=True)


def test_each_metric_waits_by_itself_until_the_cap(service: Service, survey: Survey) -> None:
    project = survey.project_id
    set_contact_policy(service, project, {"cap": 2, "cap_days": 14})
    csat = make_survey(service, project, "csat")
    ces = make_survey(service, project, "ces")
    collect(service, by_api(service, survey, NOW))
    collect(service, by_api(service, csat, NOW + DAY), answer(dismissed=True), now=NOW + DAY)
    with pytest.raises(ContactPolicyRefusal) as refused:
        by_api(service, ces, NOW + 2 * DAY)
    assert (refused.value.reason, refused.value.until) == ("asked-too-often", NOW + 14 * DAY)
    assert by_api(service, ces, NOW + 14 * DAY)


def test_a_touchpoint_that_cannot_wait_passes_over_the_waits_and_is_recorded(
    service: Service, survey: Survey
) -> None:
    collect(service, by_api(service, survey, NOW))
    why = {"touchpoint": "refund", "override_policy": "refund 4711"}
    assert by_api(service, survey, NOW + DAY, **why)
    [stored] = rows(service, schema.policy_overrides)
    assert (stored["respondent"], stored["overridden"]) == ("anna", "answered-recently")
    told = eligibility(service, survey.project_id, "anna", "nps", NOW + DAY)
    assert [(one.touchpoint, one.because) for one in told.overrides] == [("refund", "refund 4711")]


def test_an_override_that_was_not_needed_leaves_no_record(service: Service, survey: Survey) -> None:
    assert by_api(service, survey, NOW, touchpoint="refund", override_policy="refund 4711")
    assert rows(service, schema.policy_overrides) == []


def test_an_override_names_its_touchpoint(service: Service, survey: Survey) -> None:
    with pytest.raises(InvalidValue, match="touchpoint") as refused:
        by_api(service, survey, NOW, override_policy="because")
    assert refused.value.field == "/override_policy"


def unsubscribe_anna(service: Service, survey: Survey) -> None:
    with service.database.write() as connection:
        respondents.set_unsubscribed(connection, survey.project_id, "anna", NOW)


@pytest.mark.parametrize("asked", CHANNELS)
def test_nothing_passes_over_unsubscribing(service: Service, survey: Survey, asked: Ask) -> None:
    unsubscribe_anna(service, survey)
    why = {"touchpoint": "refund", "override_policy": "refund 4711"}
    for more in ({}, why, {"test": True}):
        with pytest.raises(ContactPolicyRefusal) as refused:
            asked(service, survey, NOW + 9999 * DAY, **more)
        assert (refused.value.reason, refused.value.until) == ("unsubscribed", None)


def test_who_unsubscribed_stays_so_after_being_erased_and_put_again(
    service: Service, survey: Survey
) -> None:
    unsubscribe_anna(service, survey)
    forget_respondent(service, survey.project_id, "anna", NOW)
    with service.database.write() as connection:
        respondents.put(connection, survey.project_id, "anna", {"traits": {"plan": "pro"}}, NOW)
    with pytest.raises(ContactPolicyRefusal):
        by_api(service, survey, NOW)
    assert by_api(service, survey, NOW, respondent="ben")
    kept = [row for table in (schema.suppressions,) for row in rows(service, table)]
    assert "anna" not in repr(kept)


def test_an_answer_that_may_be_a_machines_keeps_nobody_from_being_asked(
    service: Service, survey: Survey
) -> None:
    collect(service, by_api(service, survey, NOW), answer(score=0, suspicion="several-scores"))
    assert by_api(service, survey, NOW)


def test_a_thousand_people_take_one_look_at_the_past(service: Service, survey: Survey) -> None:
    collect(service, by_api(service, survey, NOW))
    many = [f"cust_{number}" for number in range(1_500)] + ["anna"]
    with service.database.read() as connection:
        past = contacts.of_people(connection, survey.project_id, many, NOW - timedelta(days=1))
    assert [one.who for one in past] == ["anna"]
