"""The JSON that API calls answer with: plain dicts, and the schemas that document them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields

from feedback_service.domain.alerting.deliveries import Attempt, Delivery
from feedback_service.domain.alerting.webhooks import Filter, Webhook
from feedback_service.domain.measures.outcomes import Outcome
from feedback_service.domain.respondents import Respondent
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage.dispatch.webhook_health import Health
from feedback_service.storage.surveys import stored_form


def instant(value: datetime | None) -> str | None:
    """Return an instant in ISO 8601 UTC, to the millisecond."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_survey(survey: Survey) -> dict[str, Any]:
    return {
        "key": survey.key,
        "version": survey.version,
        "status": survey.status,
        **stored_form(survey.definition),
        "definition": survey.definition.carried(),
        "created_at": instant(survey.created_at),
        "updated_at": instant(survey.updated_at),
    }


def of_response(survey_key: str, response: Response) -> dict[str, Any]:
    return {
        "id": response.id,
        "survey": survey_key,
        "score": response.score,
        "band": response.band,
        "comment": response.comment,
        "answers": dict(response.answers),
        "tags": list(response.tags),
        "channel": response.channel,
        "touchpoint": response.touchpoint,
        "journey_stage": response.journey_stage,
        "campaign": response.campaign,
        "respondent": response.respondent,
        "traits": dict(response.traits),
        "locale": response.locale,
        "page_url": response.page_url,
        "complete": response.complete,
        "test": response.test,
        "excluded": response.excluded,
        "unconfirmed": response.unconfirmed is not None,
        "suspicion": response.unconfirmed,
        "token_id": response.token_id,
        "created_at": instant(response.created_at),
        "updated_at": instant(response.updated_at),
        "scored_at": instant(response.scored_at),
        "completed_at": instant(response.completed_at),
        "dismissed_at": instant(response.dismissed_at),
    }


def of_respondent(person: Respondent) -> dict[str, Any]:
    return {
        "ref": person.ref,
        "email": person.email,
        "traits": dict(person.traits),
        "locale": person.locale,
        "unsubscribed_at": instant(person.unsubscribed_at),
        "created_at": instant(person.created_at),
        "updated_at": instant(person.updated_at),
    }


def of_outcomes(done: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Return what somebody did."""
    return [{"kind": one.kind, "value": one.value, "at": instant(one.at)} for one in done]


def of_webhook(webhook: Webhook, health: Health | None = None, held: int = 0) -> dict[str, Any]:
    """Return a webhook. health: how it fares, None before its first attempt. held: deliveries."""
    health = health or Health()
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "filter": of_filter(webhook.filter),
        "format": webhook.format,
        "headers": sorted(webhook.headers),  # names only: values may be credentials
        "template": webhook.template,
        "description": webhook.description,
        "status": webhook.status,
        "disabled_reason": webhook.disabled_reason,
        "rate_per_minute": webhook.rate_per_minute,
        "failing_since": instant(health.failing_since),
        "failures": health.failures,
        "succeeded_at": instant(health.succeeded_at),
        "held": held,
        "created_at": instant(webhook.created_at),
        "updated_at": instant(webhook.updated_at),
    }


def of_filter(wanted: Filter) -> dict[str, Any]:
    """Return the filter as it is given, without conditions that let everything through."""
    given: dict[str, Any] = {
        name: list(getattr(wanted, name))
        for name in ("survey", "metric", "band", "touchpoint", "channel")
        if getattr(wanted, name)
    }
    score = {"min": wanted.score_min, "max": wanted.score_max}
    if any(edge is not None for edge in score.values()):
        given["score"] = {name: edge for name, edge in score.items() if edge is not None}
    if wanted.traits:
        given["traits"] = {name: list(values) for name, values in wanted.traits.items()}
    return given


def of_delivery(delivery: Delivery, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Return a delivery and its attempts, without what the answer says."""
    return {
        "id": delivery.id,
        "webhook": delivery.webhook_id,
        "type": delivery.type,
        "response": delivery.about,
        "status": delivery.status,
        "reason": delivery.reason,
        "event_at": instant(delivery.event_at),
        "next_attempt_at": instant(delivery.next_at) if delivery.status == "pending" else None,
        "settled_at": instant(delivery.settled_at),
        "attempts": [_of_attempt(attempt) for attempt in attempts],
    }


def of_delivery_in_full(delivery: Delivery, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Return a delivery with what was sent: its body, and where a format completed it, that."""
    shown = of_delivery(delivery, attempts)
    shown["attempts"] = [
        {**_of_attempt(attempt), "request": attempt.request} for attempt in attempts
    ]
    return {**shown, "body": delivery.body.decode(errors="replace") if delivery.body else None}


def _of_attempt(attempt: Attempt) -> dict[str, Any]:
    request = attempt.request and {k: v for k, v in attempt.request.items() if k != "body"}
    return {**asdict(attempt), "started_at": instant(attempt.started_at), "request": request}


class ProblemReply(Schema):
    """An error (RFC 9457, application/problem+json)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.List(
        fields.Nested(
            Schema.from_dict(
                {"pointer": fields.String(), "detail": fields.String()}, name="ProblemError"
            )
        )
    )
    request_id = fields.String()
