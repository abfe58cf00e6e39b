"""freshdesk: a ticket.

Source: "Create a Ticket" and "Authentication" (developers.freshdesk.com/api, v2): POST
/api/v2/tickets with subject, description (HTML), status 2 = open, priority 1 low … 4 urgent, source
9 = feedback widget, tags, custom_fields; one of requester_id, email, phone, facebook_id,
twitter_id and unique_external_id is mandatory, and a new e-mail address becomes a contact; 201.
Authorization: Basic of "{api_key}:X". Only the account's own domain works, no CNAME.
Freshdesk knows no idempotency: a repeated delivery is a second ticket.
"""

import html
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
    ticket = {
        "subject": cut(words["subject"], 255),
        "description": html.escape(str(words["text"] or "")).replace("\n", "<br>\n"),
        "email": words["email"] or words["anonymous_email"],
        "name": words["name"],
        "status": words["status"],
        "priority": words["priority"],
        "source": words["source"],
        "tags": [str(tag) for tag in words["tags"] or () if tag],
        "custom_fields": words["custom_fields"],
        **words["fields"],
    }
    if not ticket["email"] and not words["fields"].get("requester_id"):
        raise Unfit(
            "/template/anonymous_email",
            "Freshdesk opens no ticket without a requester: "
            "give the address under which anonymous answers are filed",
        )
    filled: dict[str, Any] = without_nothing(ticket)
    return filled


FORMAT: Final = Format(
    name="freshdesk",
    title="a ticket in Freshdesk",
    example="https://YOURS.freshdesk.com/api/v2/tickets",
    path="/api/v2/tickets",
    needs=(Need("Authorization", "Basic base64(API_KEY:X)"),),
    build=_ticket,
    words="freshdesk.json",
)
