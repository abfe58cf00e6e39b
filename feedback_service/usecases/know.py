"""Know a person: what customers tell us of them, and forgetting all of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feedback_service.domain.errors import NotFound
from feedback_service.domain.measures.outcomes import Outcome
from feedback_service.domain.respondents import Respondent, check_ref, check_traits
from feedback_service.domain.responses import Response
from feedback_service.storage import respondents
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.storage.outcomes import outcomes
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
    """Return what we hold on a person: the row, and (survey key, response) pairs.

    What they did later: `deeds`. Raises NotFound when we hold nothing at all.
    """
    with service.database.read() as connection:
        found = respondents.find(connection, project_id, ref)
        given = pages.page(connection, project_id, Criteria(respondent=ref), MOST_RESPONSES)
        done = outcomes.of_person(connection, project_id, ref)
    if found is None and not given and not done:
        raise NotFound(f"this project knows nobody as {ref!r}")
    return found, given


def deeds(service: Service, project_id: int, ref: str) -> list[Outcome]:
    """Return what a person did after answering, as we were told; oldest first."""
    with service.database.read() as connection:
        return outcomes.of_person(connection, project_id, ref)
