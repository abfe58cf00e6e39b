"""Another process changes the configuration: what this one remembers is old, the change counts."""

from datetime import timedelta

import pytest

from feedback_service.domain.errors import (
    ScoreOutOfRange,
    SurveyClosed,
    TokenRevoked,
)
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from tests.conftest import OpenService
from tests.factories import (
    NOW,
    answer,
    collect,
    jwt_token,
    link_token,
    make_signing_key,
    make_survey,
    make_webhook,
    queued,
    revoke,
    widget_token,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
def other(service: Service, another_service: OpenService, survey: Survey) -> Service:
    collect(service, link_token(service, survey))  # now this process remembers
    return another_service()


def test_a_withdrawn_token_is_refused(service: Service, other: Service, survey: Survey) -> None:
    text = link_token(service, survey, campaign="may")
    revoke(other, survey.project_id, "campaign", "may")
    with pytest.raises(TokenRevoked):
        collect(service, text)


def test_a_paused_survey_takes_no_answer(service: Service, other: Service, survey: Survey) -> None:
    make_survey(other, survey.project_id, status="paused")
    with pytest.raises(SurveyClosed):
        collect(service, link_token(service, survey))


def test_a_survey_that_opens_again_takes_answers(
    service: Service, other: Service, survey: Survey
) -> None:
    make_survey(service, survey.project_id, status="paused")
    text = link_token(service, survey)
    with pytest.raises(SurveyClosed):
        collect(service, text)
    make_survey(other, survey.project_id)
    assert collect(service, text).created


def test_a_new_survey_is_known_at_once(service: Service, other: Service, survey: Survey) -> None:
    fresh = make_survey(other, survey.project_id, "csat")
    assert collect(service, link_token(other, fresh), answer(5)).response.band == "satisfied"


def test_a_new_signing_key_is_known_at_once(
    service: Service, other: Service, survey: Survey
) -> None:
    assert collect(service, jwt_token(make_signing_key(other, survey.project_id))).created


def test_a_new_version_answers_a_link_and_not_a_widget(
    service: Service, other: Service, survey: Survey
) -> None:
    shown, mailed = widget_token(service, survey), link_token(service, survey)
    newer = make_survey(other, survey.project_id, subject="something else")
    assert collect(service, shown).survey.version_id == survey.version_id
    assert collect(service, mailed).survey.version_id == newer.version_id


def test_a_new_webhook_hears_of_the_next_answer(
    service: Service, other: Service, survey: Survey
) -> None:
    make_webhook(other, survey.project_id)
    collect(service, link_token(service, survey), answer(9))
    assert set(queued(service)) == {"response.scored"}


def test_a_wider_scale_takes_a_score_the_old_one_refused(
    service: Service, other: Service, survey: Survey
) -> None:
    narrow = make_survey(service, survey.project_id, "csat", scale="satisfaction-3")
    collect(service, link_token(service, narrow), answer(3))
    make_survey(other, survey.project_id, "csat", scale="satisfaction-5")
    assert collect(service, link_token(service, narrow), answer(5)).response.score == 5


def test_a_response_stays_on_the_scale_it_was_given_on(service: Service, survey: Survey) -> None:
    wide = make_survey(service, survey.project_id, "csat", scale="satisfaction-5")
    text = link_token(service, wide)
    collect(service, text, answer(5))
    make_survey(service, survey.project_id, "csat", scale="satisfaction-3")
    again = collect(service, text, answer(5, "still happy", complete=True), NOW + SECOND)
    assert (again.created, again.survey.version_id) == (False, wide.version_id)
    assert (again.response.score, again.response.band) == (5, "satisfied")
    with pytest.raises(ScoreOutOfRange):
        collect(service, link_token(service, wide), answer(5))
