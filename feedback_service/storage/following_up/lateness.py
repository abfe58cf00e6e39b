"""Tells the webhooks that ask for it of cases past their due time."""

from datetime import datetime

from sqlalchemy import Connection

from feedback_service.domain.alerting.events import CASE_OVERDUE
from feedback_service.domain.following_up.cases import SERVICE, Case, Entry
from feedback_service.storage import responses, surveys
from feedback_service.storage.dispatch import news
from feedback_service.storage.following_up import cases


def tell(connection: Connection, now: datetime, limit: int) -> list[Case]:
    """Raise the event of each newly overdue case; returns the cases.

    Nobody is told of an answer that does not count any more (excluded, or a test's).
    """
    taken = cases.take_overdue(connection, now, limit)
    for case in taken:
        response = responses.find(connection, case.project_id, case.response_id)
        assert response is not None, "a case goes with its response"
        if response.test or response.excluded is not None:
            continue
        survey = surveys.version(connection, response.version_id)
        assert survey is not None, "a survey version with responses is never deleted"
        due_at = case.due_at.isoformat(timespec="seconds")
        cases.add_entry(connection, case.id, Entry(now, SERVICE, {"overdue": (None, due_at)}))
        news.tell_of_case(connection, CASE_OVERDUE, case, survey, response, now)
    return taken
