"""Look after a project: how soon cases are due, how long deliveries and answers are kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.following_up.closing import Closing, closing
from feedback_service.storage.following_up import care, cases
from feedback_service.storage.following_up.care import Care
from feedback_service.storage.following_up.cases import Wanted
from feedback_service.usecases.service import Service

MIN_CASE_DUE_S: Final = 60
MAX_CASE_DUE_S: Final = 365 * 86_400
MAX_DELIVERY_DAYS: Final = 3_650
# Long enough for a case to be closed, and for most contact policies to know whom they asked.
MIN_ANSWER_DAYS: Final = 30
MAX_ANSWER_DAYS: Final = 36_500


def care_of(service: Service, project_id: int) -> Care:
    with service.database.read() as connection:
        return care.of_project(connection, project_id)


def set_care(service: Service, project_id: int, document: Mapping[str, Any]) -> Care:
    """Change what the document names: case_due_s, delivery_days, answer_days. Raises InvalidValue.

    answer_days: None keeps names and words of answers for ever. Open cases keep their due times.
    """
    limits = {
        "case_due_s": (MIN_CASE_DUE_S, MAX_CASE_DUE_S),
        "delivery_days": (1, MAX_DELIVERY_DAYS),
        "answer_days": (MIN_ANSWER_DAYS, MAX_ANSWER_DAYS),
    }
    for name, (low, high) in limits.items():
        given = document.get(name)
        if name in document and given is None and name == "answer_days":
            continue
        if name in document and not low <= (given or 0) <= high:
            raise InvalidValue(f"{name} is a whole number from {low} to {high}", f"/{name}")
    changes = {name: document[name] for name in limits if name in document}
    with service.database.write() as connection:
        wanted = replace(care.of_project(connection, project_id), **changes)
        care.save(connection, project_id, wanted)
    return wanted


def closing_of(
    service: Service, project_id: int, wanted: Wanted, days: int, now: datetime
) -> tuple[Closing, dict[str, int]]:
    """Return how the cases opened in the last days fared, and how many stand where right now.

    wanted: which cases; by survey and without_versions.
    The counts have open, contacted, resolved and overdue.
    """
    with service.database.read() as connection:
        courses = cases.courses(connection, project_id, wanted, now - timedelta(days=days), now)
        standing = cases.counts(connection, project_id, wanted)
        overdue = cases.overdue_count(connection, project_id, wanted, now)
    counts = {status: standing.get(status, 0) for status in ("open", "contacted", "resolved")}
    return closing(courses, now), {**counts, "overdue": overdue}
