"""Mark a response: tags, and leaving it out of every figure with a reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.responses import Response
from feedback_service.storage import responses
from feedback_service.usecases.service import Service

MAX_TAGS: Final = 50


def mark_response(
    service: Service,
    project_id: int,
    response_id: str,
    document: Mapping[str, Any],
    now: datetime,
) -> Response:
    """Set tags and exclusion; excluded None counts it again.

    Raises NotFound, InvalidValue.
    """
    with service.database.write() as connection:
        before = responses.find(connection, project_id, response_id)
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
        after = replace(before, **changes)
        if after != before:
            after = replace(after, updated_at=now)
            responses.save(connection, after)
    return after
