"""A case: a low answer that somebody follows up, and how it moves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from feedback_service.domain.alerting.events import alerts
from feedback_service.domain.errors import CaseChanged, InvalidValue
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Definition

CaseStatus = Literal["open", "contacted", "resolved"]
CASE_STATUSES: Final[tuple[CaseStatus, ...]] = ("open", "contacted", "resolved")

# Whom the history names for what nobody of the team did.
SERVICE: Final = "feedback-service"
MAX_NOTE_LENGTH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """What is being done about one response.

    owner: who follows it up, in the customer's own words. contacted_at: when the person was
    first reached; stays when the case is opened again. revision: 1, 2, … with every change.
    """

    id: str
    project_id: int
    response_id: str
    survey_id: int
    status: CaseStatus
    owner: str | None
    opened_at: datetime
    due_at: datetime
    contacted_at: datetime | None
    resolved_at: datetime | None
    updated_at: datetime
    revision: int

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should be resolved by now and is not."""
        return self.status != "resolved" and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a case's history. changes: field -> (before, after), instants in ISO 8601."""

    at: datetime
    actor: str
    changes: Mapping[str, Any]
    note: str | None = None


def calls_for_case(definition: Definition, response: Response) -> bool:
    """Tell whether somebody should follow this answer up: low, a person's, and counted."""
    counted = not response.test and response.excluded is None and response.unconfirmed is None
    return counted and alerts(definition, response)


def opened_case(response: Response, due: timedelta, now: datetime) -> Case:
    """Return the case a response opens; it should be resolved within `due`."""
    return Case(
        id=new_id("cas", now),
        project_id=response.project_id,
        response_id=response.id,
        survey_id=response.survey_id,
        status="open",
        owner=None,
        opened_at=now,
        due_at=now + due,
        contacted_at=None,
        resolved_at=None,
        updated_at=now,
        revision=1,
    )


def changed_case(
    before: Case, wish: Mapping[str, Any], due: timedelta, now: datetime
) -> tuple[Case, Mapping[str, Any]]:
    """Return the case as wished, and what changed: field -> (before, after).

    wish: status, owner (None takes it off), due_at; what is left out stays. due: how long a case
    that is opened again gets, unless the wish says when it is due. The same case comes back when
    nothing changes. Raises InvalidValue.
    """
    values = {name: wish[name] for name in ("owner", "due_at") if name in wish}
    if values.get("due_at", before.due_at) is None:
        raise InvalidValue("a case always has a due time: leave due_at out to keep it", "/due_at")
    status = wish.get("status") or before.status
    if status not in CASE_STATUSES:
        raise InvalidValue(f"no status {status!r}: use {', '.join(CASE_STATUSES)}", "/status")
    if status != before.status:
        values["status"] = status
        if status == "contacted" and before.contacted_at is None:
            values["contacted_at"] = now
        values["resolved_at"] = now if status == "resolved" else None
        if before.status == "resolved":
            values.setdefault("due_at", max(before.due_at, now + due))
    after = replace(before, **values)
    if after == before:
        return before, {}
    changes = {
        name: (_told(getattr(before, name)), _told(getattr(after, name)))
        for name in ("status", "owner", "due_at")
        if getattr(before, name) != getattr(after, name)
    }
    return replace(after, updated_at=now, revision=before.revision + 1), changes


def check_revision(case: Case, expected: int | None) -> None:
    """Raise CaseChanged when somebody was quicker. expected: the revision that was looked at."""
    if expected is not None and expected != case.revision:
        raise CaseChanged(case.revision)


def _told(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")
