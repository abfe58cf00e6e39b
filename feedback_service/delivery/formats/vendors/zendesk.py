"""zendesk: a ticket.

Sources: "Tickets" and "Ticketing introduction" (developer.zendesk.com): POST
/api/v2/tickets.json with {"ticket": {"subject", "comment": {"body", "public"}, "requester",
"external_id", "priority", "tags", "custom_fields": [{"id", "value"}]}}; a comment is required; 201.
"Security and authentication": Authorization: Basic of "{email}/token:{api_token}", or Bearer of an
OAuth token. "Idempotency": the header Idempotency-Key makes a repeated creation answer with the
first ticket, for two hours; after that `external_id` tells the tickets of one response.
A requester with a new address becomes a user; a private comment sends the person no mail.
"""

from typing import Any, Final

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    Need,
    Unfit,
    cut,
    without_nothing,
)


def _ticket(words: Document, _event: Event, _url: str) -> dict[str, Any]:
    email = words["requester_email"]
    requester = {"email": email, "name": words["requester_name"] or email} if email else None
    ticket = {
        "subject": cut(words["subject"], 150),
        "comment": {"body": cut(words["text"], 64_000), "public": words["public"]},
        "requester": requester,
        "external_id": words["external_id"],
        "priority": words["priority"],
        "tags": [str(tag).replace(" ", "_") for tag in words["tags"] or () if tag],
        "custom_fields": _custom(words["custom_fields"]) or None,
        **words["fields"],
    }
    if not ticket["comment"]["body"]:
        raise Unfit("/template/text", "Zendesk wants a comment: this gives no text")
    return {"ticket": without_nothing(ticket)}


def _custom(fields: Document) -> list[dict[str, Any]]:
    for name in fields:
        if not name.isdecimal():
            raise Unfit(
                f"/template/custom_fields/{name}", "Zendesk knows custom fields by their number"
            )
    return [{"id": int(name), "value": value} for name, value in fields.items()]


FORMAT: Final = Format(
    name="zendesk",
    title="a ticket in Zendesk",
    example="https://YOURS.zendesk.com/api/v2/tickets.json",
    path=r"/api/v2/tickets(\.json)?",
    needs=(Need("Authorization", "Basic base64(EMAIL/token:API_TOKEN), or Bearer OAUTH_TOKEN"),),
    headers={"Idempotency-Key": "{id}"},
    build=_ticket,
    words="zendesk.json",
)
