"""What webhooks hear: news are queued in the transaction of the answer."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from feedback_service.domain.alerting.webhooks import Filter
from feedback_service.domain.surveys import Survey
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.storage.tables.responses import responses
from feedback_service.usecases.service import Service
from tests.factories import (
    NOW,
    answer,
    collect,
    link_token,
    make_project,
    make_webhook,
    queued,
    rows,
)

SECOND = timedelta(seconds=1)


def test_a_bad_score_alerts_after_the_settle_time(service: Service, survey: Survey) -> None:
    make_webhook(service, survey.project_id)
    collect(service, link_token(service, survey), answer(3))
    assert queued(service) == {
        "response.scored": NOW,
        "alert.detractor": NOW + 60 * SECOND,
    }


def test_the_alert_moves_up_when_the_words_come(service: Service, survey: Survey) -> None:
    make_webhook(service, survey.project_id)
    text = link_token(service, survey)
    collect(service, text, answer(3))
    (before,) = rows(service, deliveries, type="alert.detractor")
    collect(service, text, answer(3, "slow"), NOW + 10 * SECOND)
    (after,) = rows(service, deliveries, type="alert.detractor")
    assert after == {**before, "next_at": NOW + 10 * SECOND}


def test_one_alert_for_each_webhook_and_response_however_often_saved(
    service: Service, survey: Survey
) -> None:
    hooks = [make_webhook(service, survey.project_id) for _ in range(2)]
    for text in (link_token(service, survey), link_token(service, survey)):
        for step, score in enumerate((3, 2, 9, 1, 0)):
            collect(service, text, answer(score, f"take {step}"), NOW + step * SECOND)
    alerts = rows(service, deliveries, type="alert.detractor")
    assert Counter(row["webhook_id"] for row in alerts) == {hook.id: 2 for hook in hooks}


def test_an_alert_on_its_way_is_left_alone(service: Service, survey: Survey) -> None:
    make_webhook(service, survey.project_id)
    text = link_token(service, survey)
    collect(service, text, answer(3))
    with service.database.write() as connection:
        connection.execute(deliveries.update().values(attempts=1, lease_token="worker"))
    before = rows(service, deliveries)
    collect(service, text, answer(2, "slow"), NOW + 10 * SECOND)
    assert rows(service, deliveries) == before


def test_a_webhook_hears_only_what_it_asked_for(service: Service, survey: Survey) -> None:
    picky = make_webhook(
        service, survey.project_id, events=("alert.detractor",), filter=Filter(score_max=2)
    )
    elsewhere = make_webhook(service, make_project(service, "other"))
    collect(service, link_token(service, survey), answer(3))
    assert rows(service, deliveries) == []
    collect(service, link_token(service, survey), answer(2))
    assert set(queued(service, webhook_id=picky.id)) == {"alert.detractor"}
    assert queued(service, webhook_id=elsewhere.id) == {}


def test_a_paused_webhook_keeps_its_news(service: Service, survey: Survey) -> None:
    make_webhook(service, survey.project_id, status="paused")
    collect(service, link_token(service, survey), answer(9))
    assert [row["status"] for row in rows(service, deliveries)] == ["held"]


def test_without_its_news_an_answer_is_not_kept(service: Service, survey: Survey) -> None:
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
