"""The main job: an answer and its news are kept together, once, whoever asks at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text as sql

from feedback_service.domain.errors import (
    ResponseFinal,
    ScoreOutOfRange,
    SurveyClosed,
    TokenExpired,
    TokenInvalid,
    TokenRevoked,
)
from feedback_service.domain.surveys import Survey
from feedback_service.domain.webhooks import Filter
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.storage.schema import deliveries, responses
from feedback_service.usecases.service import Service
from tests.conftest import OpenService
from tests.factories import (
    DAY,
    NOW,
    answer,
    collect,
    jwt_token,
    link_token,
    make_project,
    make_signing_key,
    make_survey,
    make_webhook,
    revoke,
    rows,
    stored_response,
    widget_token,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=60, edit_window_s=900)


def queued(service: Service, **equal: object) -> dict[str, Any]:
    """Return event type -> when it is due; fails when one is queued twice."""
    found = rows(service, deliveries, **equal)
    due = {row["type"]: row["next_at"] for row in found}
    assert len(due) == len(found)
    return due


@pytest.mark.parametrize("kind", ["link", "widget", "jwt"])
def test_an_answer_is_kept_whichever_kind_of_token_gave_it(
    service: Service, survey: Survey, kind: str
) -> None:
    if kind == "link":
        text = link_token(service, survey)
    elif kind == "widget":
        text = widget_token(service, survey)
    else:
        text = jwt_token(make_signing_key(service, survey.project_id))
    collected = collect(service, text, answer(9, "ほんとに nice 👍"))
    assert collected.created
    assert collected.survey == survey
    assert stored_response(service, collected.response) == collected.response


def test_the_same_token_again_changes_the_same_response(service: Service, survey: Survey) -> None:
    text = link_token(service, survey)
    first = collect(service, text, answer(3))
    again = collect(service, text, answer(3, "slow", complete=True), NOW + SECOND)
    assert (first.created, again.created) == (True, False)
    assert again.response.id == first.response.id
    assert stored_response(service, again.response) == again.response
    assert len(rows(service, responses)) == 1


def test_the_whole_state_sent_again_writes_nothing(service: Service, survey: Survey) -> None:
    text = link_token(service, survey)
    collect(service, text, answer(3, "slow", complete=True))
    before = rows(service, responses), rows(service, deliveries)
    collect(service, text, answer(3, "slow", complete=True), NOW + SECOND)
    assert (rows(service, responses), rows(service, deliveries)) == before


def test_a_refused_score_leaves_the_token_usable(service: Service, survey: Survey) -> None:
    text = link_token(service, survey)
    with pytest.raises(ScoreOutOfRange):
        collect(service, text, answer(11))
    assert rows(service, responses) == []
    assert collect(service, text, answer(5)).created


def test_a_refused_correction_changes_nothing(service: Service, survey: Survey) -> None:
    text = link_token(service, survey)
    collected = collect(service, text, answer(5))
    with pytest.raises(ScoreOutOfRange):
        collect(service, text, answer(11))
    assert stored_response(service, collected.response) == collected.response


def test_after_completion_and_window_the_response_is_final(
    service: Service, survey: Survey
) -> None:
    text = link_token(service, survey)
    collect(service, text, answer(9, complete=True))
    assert collect(service, text, answer(8), NOW + 899 * SECOND).response.score == 8
    with pytest.raises(ResponseFinal):
        collect(service, text, answer(7), NOW + 900 * SECOND)


def test_an_expired_token_collects_nothing(service: Service, survey: Survey) -> None:
    text = link_token(service, survey, lifetime=DAY)
    with pytest.raises(TokenExpired):
        collect(service, text, now=NOW + DAY)
    assert rows(service, responses) == []


def test_two_projects_may_use_the_same_token_id(service: Service, survey: Survey) -> None:
    other = make_survey(service, make_project(service, "other"))
    ours, theirs = (
        collect(service, jwt_token(make_signing_key(service, one.project_id), jti="order-7"))
        for one in (survey, other)
    )
    assert ours.created
    assert theirs.created
    assert ours.response.id != theirs.response.id


def test_fifty_answers_at_once_with_one_token_make_one_response(
    service: Service, survey: Survey
) -> None:
    make_webhook(service, survey.project_id)
    text = link_token(service, survey)
    with ThreadPoolExecutor(25) as pool:
        results = list(pool.map(lambda n: collect(service, text, answer(n % 7)), range(50)))
    assert Counter(result.created for result in results) == {True: 1, False: 49}
    assert len({result.response.id for result in results}) == 1
    (row,) = rows(service, responses)
    changes = {result.response.saves: result.response for result in results}
    assert row["saves"] == max(changes)
    assert row["score"] == changes[row["saves"]].score, "the last change is the one that stands"
    assert set(queued(service)) == {"response.scored", "alert.detractor"}


class TestWhatWebhooksHear:
    """News are queued in the transaction of the answer."""

    def test_a_bad_score_alerts_after_the_settle_time(
        self, service: Service, survey: Survey
    ) -> None:
        make_webhook(service, survey.project_id)
        collect(service, link_token(service, survey), answer(3))
        assert queued(service) == {
            "response.scored": NOW,
            "alert.detractor": NOW + 60 * SECOND,
        }

    def test_the_alert_moves_up_when_the_words_come(self, service: Service, survey: Survey) -> None:
        make_webhook(service, survey.project_id)
        text = link_token(service, survey)
        collect(service, text, answer(3))
        (before,) = rows(service, deliveries, type="alert.detractor")
        collect(service, text, answer(3, "slow"), NOW + 10 * SECOND)
        (after,) = rows(service, deliveries, type="alert.detractor")
        assert after == {**before, "next_at": NOW + 10 * SECOND}

    def test_one_alert_for_each_webhook_and_response_however_often_saved(
        self, service: Service, survey: Survey
    ) -> None:
        hooks = [make_webhook(service, survey.project_id) for _ in range(2)]
        for text in (link_token(service, survey), link_token(service, survey)):
            for step, score in enumerate((3, 2, 9, 1, 0)):
                collect(service, text, answer(score, f"take {step}"), NOW + step * SECOND)
        alerts = rows(service, deliveries, type="alert.detractor")
        assert Counter(row["webhook_id"] for row in alerts) == {hook.id: 2 for hook in hooks}

    def test_an_alert_on_its_way_is_left_alone(self, service: Service, survey: Survey) -> None:
        make_webhook(service, survey.project_id)
        text = link_token(service, survey)
        collect(service, text, answer(3))
        with service.database.write() as connection:
            connection.execute(deliveries.update().values(attempts=1, lease_token="worker"))
        before = rows(service, deliveries)
        collect(service, text, answer(2, "slow"), NOW + 10 * SECOND)
        assert rows(service, deliveries) == before

    def test_a_webhook_hears_only_what_it_asked_for(self, service: Service, survey: Survey) -> None:
        picky = make_webhook(
            service, survey.project_id, events=("alert.detractor",), filter=Filter(score_max=2)
        )
        elsewhere = make_webhook(service, make_project(service, "other"))
        collect(service, link_token(service, survey), answer(3))
        assert rows(service, deliveries) == []
        collect(service, link_token(service, survey), answer(2))
        assert set(queued(service, webhook_id=picky.id)) == {"alert.detractor"}
        assert queued(service, webhook_id=elsewhere.id) == {}

    def test_a_paused_webhook_keeps_its_news(self, service: Service, survey: Survey) -> None:
        make_webhook(service, survey.project_id, status="paused")
        collect(service, link_token(service, survey), answer(9))
        assert [row["status"] for row in rows(service, deliveries)] == ["held"]

    def test_without_its_news_an_answer_is_not_kept(self, service: Service, survey: Survey) -> None:
        """Both or neither: here the outbox is broken, so there is no response either."""
        make_webhook(service, survey.project_id)
        text = link_token(service, survey)
        with service.database.write() as connection:
            connection.execute(sql("ALTER TABLE deliveries RENAME TO away"))
        with pytest.raises(Exception, match="deliveries"):
            collect(service, text, answer(3))
        assert rows(service, responses) == []
        with service.database.write() as connection:
            connection.execute(sql("ALTER TABLE away RENAME TO deliveries"))
        assert collect(service, text, answer(3)).created
        assert set(queued(service)) == {"response.scored", "alert.detractor"}


class TestAnotherProcessChangesTheConfiguration:
    """What this process remembers is old: the change counts all the same."""

    @pytest.fixture
    def other(self, service: Service, another_service: OpenService, survey: Survey) -> Service:
        collect(service, link_token(service, survey))  # now this process remembers
        return another_service()

    def test_a_withdrawn_token_is_refused(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        text = link_token(service, survey, campaign="may")
        revoke(other, survey.project_id, "campaign", "may")
        with pytest.raises(TokenRevoked):
            collect(service, text)

    def test_a_paused_survey_takes_no_answer(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        make_survey(other, survey.project_id, status="paused")
        with pytest.raises(SurveyClosed):
            collect(service, link_token(service, survey))

    def test_a_survey_that_opens_again_takes_answers(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        make_survey(service, survey.project_id, status="paused")
        text = link_token(service, survey)
        with pytest.raises(SurveyClosed):
            collect(service, text)
        make_survey(other, survey.project_id)
        assert collect(service, text).created

    def test_a_new_survey_is_known_at_once(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        fresh = make_survey(other, survey.project_id, "csat")
        assert collect(service, link_token(other, fresh), answer(5)).response.band == "satisfied"

    def test_a_new_signing_key_is_known_at_once(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        assert collect(service, jwt_token(make_signing_key(other, survey.project_id))).created

    def test_a_new_version_answers_a_link_and_not_a_widget(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        shown, mailed = widget_token(service, survey), link_token(service, survey)
        newer = make_survey(other, survey.project_id, subject="something else")
        assert collect(service, shown).survey.version_id == survey.version_id
        assert collect(service, mailed).survey.version_id == newer.version_id

    def test_a_new_webhook_hears_of_the_next_answer(
        self, service: Service, other: Service, survey: Survey
    ) -> None:
        make_webhook(other, survey.project_id)
        collect(service, link_token(service, survey), answer(9))
        assert set(queued(service)) == {"response.scored"}

    def test_a_wider_scale_takes_a_score_the_old_one_refused(
        self, service: Service, other: Service, survey: Survey
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


def test_a_survey_that_does_not_exist_takes_no_answer(service: Service, survey: Survey) -> None:
    key = make_signing_key(service, survey.project_id)
    with pytest.raises(TokenInvalid):
        collect(service, jwt_token(key, "unknown"))


def test_a_database_that_is_away_is_told_and_the_answer_can_be_sent_again(
    service: Service, survey: Survey
) -> None:
    text = link_token(service, survey)
    service.catalog.current()
    if service.database.is_sqlite:
        with service.database.write() as connection:
            connection.execute(sql("PRAGMA query_only = ON"))
    else:
        with service.database.write() as connection:
            connection.execute(sql("SET default_transaction_read_only = on"))
    with pytest.raises(StorageUnavailable):
        collect(service, text)
    service.database.dispose()  # new connections: the database is back
    assert collect(service, text).created
