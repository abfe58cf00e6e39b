"""A few of the made-up low answers wait to be followed up, so that one sees what that is like."""

from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.usecases.service import Service

# When each is due, from now; the newest answer first.
_DUE: Final = (
    timedelta(days=2),
    timedelta(days=1, hours=3),
    timedelta(hours=2),
    timedelta(minutes=40),
    timedelta(hours=-5),
)
_OWNERS: Final = (None, "demo", None, "demo", None)
_ACTOR: Final = "feedback-service demo"


def open_cases(service: Service, project_id: int, now: datetime) -> None:
    """Open the cases; without webhooks for cases nobody is told."""
    wanted = Criteria(survey="nps", band="detractor")
    with service.database.read() as connection:
        low = pages.page(connection, project_id, wanted, len(_DUE))
    for (_key, one), due, owner in zip(low, _DUE, _OWNERS, strict=False):
        wish: dict[str, Any] = {"actor": _ACTOR, "due_at": now + due, "owner": owner}
        follow_case(service, project_id, one.id, wish, now)
