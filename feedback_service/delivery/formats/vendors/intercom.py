"""intercom: a ticket.

Source: "Create a ticket" (developers.intercom.com, REST API 2.14): POST /tickets with
ticket_type_id and contacts, both required, ticket_attributes with _default_title_ and
_default_description_, and skip_notifications; of a contact's address it says: "If a contact with
this email does not exist, one will be created." Authorization: Bearer of an access token, with
Intercom-Version. Regional hosts: api.intercom.io, api.eu.intercom.io, api.au.intercom.io.
Intercom knows no idempotency: a repeated delivery is a second ticket.
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
    if not words["ticket_type_id"]:
        raise Unfit(
            "/template/ticket_type_id",
            "Intercom wants the id of a ticket type: Settings, Tickets, Ticket types, the type",
        )
    email = words["email"] or words["anonymous_email"]
    if not email:
        raise Unfit(
            "/template/anonymous_email",
            "Intercom opens no ticket without a contact: "
            "give the address under which anonymous answers are filed",
        )
    ticket: dict[str, Any] = without_nothing(
        {
            "ticket_type_id": str(words["ticket_type_id"]),
            "contacts": [{"email": email}],
            "ticket_attributes": {
                "_default_title_": cut(words["subject"], 255),
                "_default_description_": cut(words["text"], 10_000),
                **words["attributes"],
            },
            "skip_notifications": words["skip_notifications"],
            **words["fields"],
        }
    )
    return ticket


FORMAT: Final = Format(
    name="intercom",
    title="a ticket in Intercom",
    example="https://api.intercom.io/tickets",
    path="/tickets",
    needs=(Need("Authorization", "Bearer ACCESS_TOKEN"),),
    headers={"Intercom-Version": "2.14"},
    build=_ticket,
    words="intercom.json",
)
