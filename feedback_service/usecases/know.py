"""Know a person: what customers tell us of them, and forgetting all of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feedback_service.domain.errors import NotFound
from feedback_service.domain.respondents import Respondent, check_ref, check_traits
from feedback_service.domain.responses import Response
from feedback_service.storage import respondents, responses
from feedback_service.storage.responses import Criteria
from feedback_service.usecases.service import Service

# All we hold on a person goes out in one reply; nobody answers more often than this.
MOST_RESPONSES = 10_000


def put_respondent(
    service: Service, project_id: int, ref: str, document: Mapping[str, Any], now: datetime
) -> Respondent:
    """Create or change a person; traits are merged over the old. Raises InvalidValue."""
    check_ref(ref)
    check_traits(document.get("traits") or {})
    with service.database.write() as connection:
        return respondents.put(connection, project_id, ref, document, now)


def person(
    service: Service, project_id: int, ref: str
) -> tuple[Respondent | None, list[tuple[str, Response]]]:
    """Return all we hold on a person: the row, and (survey key, response) pairs.

    Raises NotFound when we hold nothing.
    """
    with service.database.read() as connection:
        found = respondents.find(connection, project_id, ref)
        given = responses.page(connection, project_id, Criteria(respondent=ref), MOST_RESPONSES)
    if found is None and not given:
        raise NotFound(f"this project knows nobody as {ref!r}")
    return found, given
