"""Follow a case up: who has it, whether the person was reached, what was said, when it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_service.domain.alerting.events import CASE_OPENED, CASE_RESOLVED
from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.following_up.cases import (
    MAX_NOTE_LENGTH,
    Case,
    Entry,
    changed_case,
    check_revision,
    opened_case,
)
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses, surveys
from feedback_service.storage.dispatch import news
from feedback_service.storage.following_up import care, cases
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Followed:
    """A case with its answer and what was done about it, oldest first."""

    case: Case
    survey: Survey
    response: Response
    history: Sequence[Entry]


def follow_case(
    service: Service, project_id: int, response_id: str, wish: Mapping[str, Any], now: datetime
) -> Followed:
    """Change the case of a response, or open one by hand where there is none; keeps who did what.

    wish: status, owner, due_at, note, actor (who does it), revision (the one that was looked at,
    None when the last word wins). The last word wins field by field, and the history keeps all.
    Raises NotFound, InvalidValue, CaseChanged.
    """
    note = (wish.get("note") or "").strip() or None
    if note is not None and len(note) > MAX_NOTE_LENGTH:
        raise InvalidValue(f"a note has at most {MAX_NOTE_LENGTH} characters", "/note")
    with service.database.write() as connection:
        response = responses.find(connection, project_id, response_id)
        if response is None:
            raise NotFound(f"this project has no response {response_id!r}")
        survey = surveys.version(connection, response.version_id)
        assert survey is not None, "a survey version with responses is never deleted"
        due = care.of_project(connection, project_id).case_due
        by_hand = opened_case(response, due, now)
        opening = Entry(now, wish["actor"], {"status": (None, by_hand.status)})
        if cases.open_case(connection, by_hand, opening):
            news.tell_of_case(connection, CASE_OPENED, by_hand, survey, response, now)
        before = cases.of_response(connection, project_id, response_id, locked=True)
        assert before is not None, "it was there, or has just been opened"
        check_revision(before, wish.get("revision"))
        after, changes = changed_case(before, wish, due, now)
        if changes or note:
            cases.add_entry(connection, after.id, Entry(now, wish["actor"], changes, note))
        if after != before:
            cases.save(connection, after)
        if after.status == "resolved" != before.status:
            news.tell_of_case(connection, CASE_RESOLVED, after, survey, response, now)
        history = cases.history(connection, after.id)
    return Followed(after, survey, response, history)


def case_of(service: Service, project_id: int, response_id: str) -> Followed:
    """Return a response's case. Raises NotFound."""
    with service.database.read() as connection:
        case = cases.of_response(connection, project_id, response_id)
        response = responses.find(connection, project_id, response_id)
        if case is None or response is None:
            raise NotFound(f"there is no case of a response {response_id!r}")
        survey = surveys.version(connection, response.version_id)
        assert survey is not None, "a survey version with responses is never deleted"
        return Followed(case, survey, response, cases.history(connection, case.id))
