"""Events to try a webhook on before anything happened: as full and as bare as they may come."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from feedback_service.delivery.formats.shape import Document, Event
from feedback_service.delivery.formats.standard import instant, told
from feedback_service.domain.alerting.events import (
    ALERTS,
    CASE_EVENTS,
    COMPLETED,
    DISABLED,
    RECOVERED,
    TEST,
    UNSUBSCRIBED,
)
from feedback_service.domain.measures.bands import default_bands
from feedback_service.domain.measures.scales import BANDS, DEFAULT_SCALE, SCALES, Metric
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Definition, Survey

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TEST_MESSAGE: Final = "This is a test delivery."
# What is about no response.
_ABOUT_WEBHOOKS: Final = (DISABLED, RECOVERED)
_CASE: Final = {
    "id": "cas_3HxSampleSampleSample",
    "response": "rsp_3HxSampleSampleSample",
    "status": "open",
    "owner": "grace@shop.example",
    "opened_at": "2026-11-24T12:00:00.000Z",
    "due_at": "2026-11-26T12:00:00.000Z",
    "contacted_at": None,
    "resolved_at": None,
    "sequence": 1,
}
_TRAITS: Final = {"name": "Ada Lovelace", "plan": "pro"}
_PERSON: Final[Document] = {
    "ref": "customer-4711",
    "email": "ada@example.com",
    "traits": _TRAITS,
}
# Quotes, a line break, markup and braces: what breaks a template that does not escape.
_COMMENT: Final = 'It took "ages",\nand <b>nobody</b> called back & {{ 7 * 7 }} 😀'


def full(event_type: str, project: str = "shop", public_url: str | None = None) -> Event:
    """Return a sample event with everything in it."""
    if event_type == UNSUBSCRIBED:
        person = dict(_PERSON)
        return _event(event_type, {"project": project, "respondent": person})
    if event_type in _ABOUT_WEBHOOKS:
        other = {"id": "whk_3HxSampleSampleSample", "url": "https://crm.example/hook"}
        return _event(event_type, {"project": project, "webhook": other})
    metric = _metric(event_type)
    response = _response(metric, test=event_type == TEST)
    data = told(project, _survey(metric), response, "ada@example.com", _TRAITS, public_url)
    return _event(event_type, _with_extras(event_type, data))


def bare(event_type: str) -> Event:
    """Return a sample event with as little in it as there may ever be."""
    if event_type == UNSUBSCRIBED:
        person = dict(_PERSON, email=None, traits={})
        return _event(event_type, {"project": "shop", "respondent": person})
    if event_type in _ABOUT_WEBHOOKS:
        return _event(event_type, {"project": "shop"})
    metric = _metric(event_type)
    whole = _response(metric, test=False)
    scored = event_type != COMPLETED
    response = Response(
        id=whole.id,
        project_id=0,
        survey_id=0,
        version_id=0,
        token_id="",
        channel=whole.channel,
        created_at=AT,
        updated_at=AT,
        expires_at=AT,
        score=whole.score if scored else None,
        band=whole.band if scored else None,
        scored_at=AT if scored else None,
    )
    data = told("shop", _survey(metric), response, None, {}, None)
    return _event(event_type, _with_extras(event_type, data))


def plain_test(webhook_id: str, project: str) -> Event:
    """Return a test event as it tells of itself, about no response."""
    return _event(TEST, {"project": project, "webhook": webhook_id, "message": TEST_MESSAGE})


def as_test(event: Event, public_url: str | None = None) -> Event:
    """Return a test event that tells what an alert would, with the test's own data over it."""
    sample = full(TEST, event.data["project"], public_url)
    return replace(event, data={**sample.data, **event.data})


def _event(event_type: str, data: dict[str, Any]) -> Event:
    return Event("msg_3HxSampleSampleSample", event_type, instant(AT) or "", data)


def _with_extras(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    if event_type in CASE_EVENTS:
        return {**data, "case": dict(_CASE)}
    return {**data, "message": TEST_MESSAGE} if event_type == TEST else data


def _metric(event_type: str) -> Metric:
    return next((metric for metric, alert in ALERTS.items() if alert == event_type), "nps")


def _survey(metric: Metric) -> Survey:
    scale = SCALES[DEFAULT_SCALE[metric]]
    definition = Definition(metric, scale, default_bands(scale), subject="our support")
    return Survey(0, 0, 0, metric, 1, "active", definition, AT, AT)


def _response(metric: Metric, *, test: bool) -> Response:
    scale = SCALES[DEFAULT_SCALE[metric]]
    return Response(
        id="rsp_3HxSampleSampleSample",
        project_id=0,
        survey_id=0,
        version_id=0,
        token_id="",
        channel="email",
        created_at=AT,
        updated_at=AT,
        expires_at=AT,
        respondent="customer-4711",
        touchpoint="checkout",
        journey_stage="purchase",
        campaign="autumn",
        locale="en",
        page_url="https://shop.example/thanks",
        score=scale.low + 1,
        band=BANDS[metric][0],
        comment=_COMMENT,
        answers={"reason": ["price", "speed"]},
        tags=("vip",),
        complete=True,
        test=test,
        scored_at=AT,
        completed_at=AT,
    )
