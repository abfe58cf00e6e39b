"""hubspot: a ticket, with the contact of the same e-mail address on it.

Sources: "CRM API | Tickets" (developers.hubspot.com): POST /crm/v3/objects/tickets (also under
/crm/objects/YYYY-MM/) with {"properties": {subject, content, hs_pipeline, hs_pipeline_stage,
hs_ticket_priority}, "associations": [{"to": {"id"}, "types": [{"associationCategory",
"associationTypeId"}]}]}; subject and hs_pipeline_stage are required, pipeline and stage by their
internal id; 201. "Associations": 16 is ticket to contact, HUBSPOT_DEFINED.
"CRM API | Contacts": GET /crm/v3/objects/contacts/{email}?idProperty=email, 404 when there is none.
Authorization: Bearer of a private app's token with tickets and crm.objects.contacts.read.

An association wants the contact's record id and takes no address, so each attempt first asks for
the contact; who is no contact gets a ticket without one. The search endpoint would do as well, but
has a limit of its own (a few requests a second) and lags behind. `contact_id` saves the question.
HubSpot knows no idempotency for tickets: a repeated delivery is a second ticket.
"""

import json
import re
from typing import Any, Final
from urllib.parse import quote

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    Lookup,
    Need,
    Unfit,
    cut,
    without_nothing,
)

_TICKET_TO_CONTACT: Final = 16
# What stands for the record id until it is known.
_BY_EMAIL: Final = "email:"


def _ticket(words: Document, _event: Event, _url: str) -> dict[str, Any]:
    properties = {
        "subject": cut(words["subject"], 255),
        "content": cut(words["text"], 65_000),
        "hs_pipeline": words["pipeline"],
        "hs_pipeline_stage": words["stage"],
        "hs_ticket_priority": words["priority"],
        **words["fields"],
    }
    for name, word in (("subject", "subject"), ("hs_pipeline_stage", "stage")):
        if not properties[name]:
            raise Unfit(f"/template/{word}", f"HubSpot wants {name}: this gives nothing")
    contact = words["contact_id"]
    if not contact and words["contact_email"]:
        contact = f"{_BY_EMAIL}{words['contact_email']}"
    return {
        "properties": without_nothing(properties),
        "associations": [_association(str(contact))] if contact else [],
    }


def _association(contact_id: str) -> dict[str, Any]:
    kind = {
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": _TICKET_TO_CONTACT,
    }
    return {"to": {"id": contact_id}, "types": [kind]}


def _lookup(url: str, body: bytes) -> Lookup | None:
    ticket = json.loads(body)
    wanted = [one["to"]["id"] for one in ticket["associations"]]
    if not wanted or not wanted[0].startswith(_BY_EMAIL):
        return None
    email = quote(wanted[0].removeprefix(_BY_EMAIL), safe="")

    def complete(contact_id: str | int | None) -> bytes:
        found = [] if contact_id is None else [_association(str(contact_id))]
        whole = {**ticket, "associations": found}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    contacts = re.sub(r"tickets\Z", "contacts", url.partition("?")[0])
    return Lookup(
        url=f"{contacts}/{email}?idProperty=email&properties=email",
        nobody=frozenset({404}),
        found=_contact_id,
        complete=complete,
    )


def _contact_id(reply: str) -> str | None:
    try:
        return str(json.loads(reply)["id"])
    except (TypeError, KeyError) as error:
        raise ValueError("HubSpot's reply names no contact") from error


FORMAT: Final = Format(
    name="hubspot",
    title="a ticket in HubSpot, on its contact",
    example="https://api.hubapi.com/crm/v3/objects/tickets",
    path=r"/crm/(v3/objects|objects/\d{4}-\d{2})/tickets",
    needs=(Need("Authorization", "Bearer PRIVATE_APP_TOKEN"),),
    build=_ticket,
    words="hubspot.json",
    lookup=_lookup,
)
