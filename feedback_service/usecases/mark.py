"""Mark a response: tags, leaving it out of every figure with a reason, confirming it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from feedback_service.domain.alerting.deliveries import Delivery, deliveries_for
from feedback_service.domain.alerting.events import events_for
from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.responses import Response
from feedback_service.domain.words.tagged import MAX_TAGS
from feedback_service.storage import responses
from feedback_service.storage.catalog import Snapshot
from feedback_service.storage.dispatch import outbox
from feedback_service.usecases.service import Service


def mark_response(
    service: Service,
    project_id: int,
    response_id: str,
    document: Mapping[str, Any],
    now: datetime,
) -> Response:
    """Set tags and exclusion; excluded None counts it again.

    confirmed: staff know that an unconfirmed answer is a person's; from now on it counts, and
    webhooks hear of it as if it had been given now.
    Raises NotFound, InvalidValue.
    """
    snapshot = service.catalog.current()
    with service.database.write() as connection:
        before = responses.find(connection, project_id, response_id, locked=True)
        if before is None:
            raise NotFound(f"this project has no response {response_id!r}")
        changes: dict[str, Any] = {}
        if "tags" in document:
            tags = tuple(dict.fromkeys(tag.strip() for tag in document["tags"]))
            if len(tags) > MAX_TAGS or "" in tags:
                raise InvalidValue(f"at most {MAX_TAGS} tags, none of them empty", "/tags")
            changes["tags"] = tags
        if "excluded" in document:
            changes["excluded"] = document["excluded"]
        if document.get("confirmed"):
            changes["unconfirmed"] = None
        after = replace(before, **changes)
        if after != before:
            after = replace(after, updated_at=now)
            responses.save(connection, after)
        # What was imported (never saved through us) is no news, however late it is confirmed.
        if before.unconfirmed is not None and after.unconfirmed is None and before.saves:
            outbox.queue(connection, _news(snapshot, before, after, now))
    return after


def _news(
    snapshot: Snapshot, before: Response, after: Response, now: datetime
) -> Iterable[Delivery]:
    survey = snapshot.survey_version(after.version_id)
    assert survey is not None, "a survey version with responses is never deleted"
    events = events_for(survey.definition, before, after, now)
    return deliveries_for(events, survey, after, snapshot.webhooks(after.project_id), now)
