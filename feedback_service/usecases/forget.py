"""Forget a person: who they are and what they wrote; the bare scores stay in the trend."""

from datetime import datetime

from feedback_service.domain.errors import NotFound
from feedback_service.storage.forgetting import erasure
from feedback_service.usecases.service import Service


def forget_respondent(service: Service, project_id: int, ref: str, now: datetime) -> int:
    """Erase a person; returns how many responses lost their words.

    The scores keep counting, without anything that leads to the person. Who unsubscribed stays
    unsubscribed: of that wish a digest is kept, so that an old list does not bring them back.
    Raises NotFound when we hold nothing of the person.
    """
    with service.database.write() as connection:
        found, touched = erasure.erase(connection, project_id, ref, now)
    if not found and not touched:
        raise NotFound(f"this project knows nobody as {ref!r}")
    return touched
