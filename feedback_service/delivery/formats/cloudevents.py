"""cloudevents: a CloudEvents 1.0 event in structured mode.

Sources: "CloudEvents - Version 1.0.2", "JSON Event Format for CloudEvents" and "HTTP Protocol
Binding for CloudEvents" (cloudevents/spec): required attributes specversion, id, source, type;
structured mode is the media type application/cloudevents+json. `id` is the delivery's, so it is
the `webhook-id` too. No OPTIONS handshake of the "HTTP 1.1 Web Hooks for Event Delivery"
specification is made: the owner of the URL asked for the events here.
"""

from typing import Any, Final

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    without_nothing,
)


def _event(_words: Document, event: Event, _url: str) -> dict[str, Any]:
    response, person = event.data.get("response"), event.data.get("respondent")
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": f"urn:feedback-service:{event.data['project']}",
        "type": event.type,
        "subject": (response or {}).get("id") or (person or {}).get("ref"),
        "time": event.timestamp,
        "datacontenttype": "application/json",
    }
    # data is told whole, nulls included: it is ours, not a vendor's.
    return {**without_nothing(attributes), "data": dict(event.data)}


FORMAT: Final = Format(
    name="cloudevents",
    title="a CloudEvents 1.0 event, structured mode",
    example="https://broker.example/default",
    build=_event,
    content_type="application/cloudevents+json; charset=utf-8",
)
