"""The main job: an answer and its news are kept together, once, whoever asks at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from feedback_service.domain.errors import (
    ResponseFinal,
    ScoreOutOfRange,
    TokenExpired,
    TokenInvalid,
)
from feedback_service.domain.surveys import Survey
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.storage.tables.responses import responses
from feedback_service.usecases.service import Service
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
    queued,
    rows,
    stored_response,
    widget_token,
)

SECOND = timedelta(seconds=1)


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
