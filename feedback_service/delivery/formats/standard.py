"""standard: our own body, `{"type", "timestamp", "data"}` of Standard Webhooks 1.0.0."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from feedback_service.delivery.formats.shape import Document, Event, Format
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey


def told(
    project: str,
    survey: Survey,
    response: Response,
    email: str | None,
    traits: Mapping[str, str],
    public_url: str | None,
) -> dict[str, Any]:
    """Return the data of an event about a response.

    project: slug. public_url: where the API is reached from outside; None makes links bare paths.
    """
    return {
        "project": project,
        # Grows with every answer: of two events about a response the larger is the newer.
        "sequence": response.saves,
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
            "scored_at": instant(response.scored_at),
            "completed_at": instant(response.completed_at),
        },
        "respondent": _respondent(response, email, traits),
        "links": {"response": f"{(public_url or '').rstrip('/')}/v1/responses/{response.id}"},
    }


def instant(at: datetime | None) -> str | None:
    """Return an instant as bodies carry it: ISO 8601 in UTC, to the millisecond."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _respondent(
    response: Response, email: str | None, traits: Mapping[str, str]
) -> dict[str, Any] | None:
    if response.respondent is None:
        return None
    return {"ref": response.respondent, "email": email, "traits": dict(traits)}


def _body(_words: Document, event: Event, _url: str) -> dict[str, Any]:
    return {"type": event.type, "timestamp": event.timestamp, "data": dict(event.data)}


FORMAT: Final = Format(
    name="standard",
    title="our own signed JSON, for receivers you write",
    example="https://crm.example/hook",
    build=_body,
)
