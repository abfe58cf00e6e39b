"""A sweep with little time gets on with what changed."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import update

from feedback_service.storage import schema
from feedback_service.storage.reports import sweep as sweep_module
from feedback_service.usecases.service import Service
from tests.factories import make_survey, rows
from tests.storage.reports.answering import EVER, add_answers, founded, reported, swept

# Midnight in Kolkata lies in the middle of an hour of UTC, so that one mark lies on two days.
BEFORE_MIDNIGHT: Final = datetime(2026, 3, 2, 18, 10, tzinfo=UTC)
LATER: Final = BEFORE_MIDNIGHT + timedelta(days=400)


@pytest.mark.parametrize("months", [1, 7])
def test_a_change_in_an_hour_that_lies_on_two_days_is_counted_however_short_the_look(
    service: Service, monkeypatch: pytest.MonkeyPatch, months: int
) -> None:
    monkeypatch.setattr(sweep_module, "LOOK_S", 0.0)
    survey = make_survey(service, founded(service, "Asia/Kolkata"))
    given = [
        {"at": BEFORE_MIDNIGHT + timedelta(days=31 * month, minutes=minutes), "score": 9}
        for month in range(months)
        for minutes in (0, 40)
    ]
    add_answers(service, survey, given)
    swept(service, LATER)
    with service.database.write() as connection:
        connection.execute(
            update(schema.responses)
            .where(schema.responses.c.survey_id == survey.id)
            .values(score=3)
        )
    assert len(rows(service, schema.report_marks)) == months
    swept(service, LATER)
    assert rows(service, schema.report_marks) == []
    counted = reported(service, [survey], "", EVER)
    assert {score for *_place, score in counted} == {3}
    assert sum(counted.values()) == 2 * months
