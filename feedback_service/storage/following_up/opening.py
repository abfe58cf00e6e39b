"""Opens cases for low answers that have settled, and tells the webhooks that ask for it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from feedback_service.domain.alerting.events import CASE_OPENED, alert_due_at
from feedback_service.domain.following_up.cases import (
    SERVICE,
    Case,
    Entry,
    calls_for_case,
    opened_case,
)
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import surveys
from feedback_service.storage.dispatch import news
from feedback_service.storage.following_up import candidates, care, cases
from feedback_service.storage.following_up.candidates import Candidate


class Opening:
    """Remembers survey versions, which never change. For one thread."""

    def __init__(self) -> None:
        self._surveys: dict[int, Survey] = {}

    def candidates(self, connection: Connection, low: Iterable[Response]) -> list[Candidate]:
        """Return which of these low answers wait for a case, and until when."""
        found = []
        for response in low:
            definition = self.survey(connection, response).definition
            if calls_for_case(definition, response):
                # As of its own last change, so that one that is found late opens at once.
                due_at = alert_due_at(definition, response, response.updated_at)
                found.append(Candidate(response.id, response.updated_at, due_at))
        return found

    def open_due(self, connection: Connection, now: datetime, limit: int) -> tuple[int, list[Case]]:
        """Open the cases of candidates that are due; returns how many were due, and the cases.

        An answer that was corrected, excluded or doubted meanwhile opens none.
        """
        due = candidates.take_due(connection, now, limit)
        opened = [self._opened(connection, response, now) for response in due]
        return len(due), [case for case in opened if case is not None]

    def survey(self, connection: Connection, response: Response) -> Survey:
        """Return the survey in the version that was answered."""
        if response.version_id not in self._surveys:
            found = surveys.version(connection, response.version_id)
            assert found is not None, "a survey version with responses is never deleted"
            self._surveys[response.version_id] = found
        return self._surveys[response.version_id]

    def _opened(self, connection: Connection, response: Response, now: datetime) -> Case | None:
        survey = self.survey(connection, response)
        if not calls_for_case(survey.definition, response):
            return None
        due = care.of_project(connection, response.project_id).case_due
        case = opened_case(response, due, now)
        entry = Entry(now, SERVICE, {"status": (None, case.status)})
        if not cases.open_case(connection, case, entry):
            return None
        news.tell_of_case(connection, CASE_OPENED, case, survey, response, now)
        return case
