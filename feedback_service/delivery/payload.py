"""The body of a delivery: rendered when it is first due, then sent as these bytes for ever."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.storage.dispatch.briefs import Story


def response_body(delivery: Delivery, project: str, story: Story, public_url: str | None) -> bytes:
    """Return the body that tells of a response.

    project: slug. public_url: where the API is reached from outside; None makes links bare paths.
    """
    survey, response = story.survey, story.response
    told = {
        "project": project,
        "survey": {
            "key": survey.key,
            "version": survey.version,
            "metric": survey.definition.metric,
            "definition": survey.definition.carried(),
        },
        "response": {
            "id": response.id,
            "score": response.score,
            "band": response.band,
            "comment": response.comment,
            "answers": dict(response.answers),
            "tags": list(response.tags),
            "channel": response.channel,
            "touchpoint": response.touchpoint,
            "journey_stage": response.journey_stage,
            "campaign": response.campaign,
            "locale": response.locale,
            "page_url": response.page_url,
            "complete": response.complete,
            "test": response.test,
            "scored_at": _instant(response.scored_at),
            "completed_at": _instant(response.completed_at),
        },
        "respondent": _respondent(story),
        "links": {"response": f"{(public_url or '').rstrip('/')}/v1/responses/{response.id}"},
    }
    return _body(delivery, told)


def subject_body(delivery: Delivery, project: str) -> bytes:
    """Return the body of an event that is about no response: its subject says what it is about."""
    return _body(delivery, {"project": project, **(delivery.subject or {})})


def _body(delivery: Delivery, told: Mapping[str, Any]) -> bytes:
    body = {"type": delivery.type, "timestamp": _instant(delivery.event_at), "data": told}
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _respondent(story: Story) -> dict[str, Any] | None:
    if story.response.respondent is None:
        return None
    return {
        "ref": story.response.respondent,
        "email": story.email,
        "traits": dict(story.traits),
    }


def _instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
