"""What help desks say back: a ticket that one of our webhooks made has moved on.

Each vendor's document is read for three things: which response the ticket is about, where it
stands, and who has it. What a vendor calls where it stands is data here; what a team calls its own
stages comes in with the call.

Sources: Zendesk "Ticket events" (zen:event-type:ticket.status_changed) and the placeholders of
its triggers; Freshdesk "Webhook automation", simple and advanced JSON; HubSpot workflows,
"Send a webhook"; Salesforce "Case Fields" (Status, IsClosed) and Flow "HTTP Callout"; Intercom
"Ticket states" of its API and data connectors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.following_up.cases import CaseStatus


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one vendor's documents are read.

    inside: objects the fields may lie in, beside the document itself. response, status, owner:
    names the field may have, the first that is there counts. statuses: of the vendor's own, in
    lower case.
    """

    title: str
    inside: tuple[str, ...]
    response: tuple[str, ...]
    status: tuple[str, ...]
    owner: tuple[str, ...]
    statuses: Mapping[str, CaseStatus]


@dataclass(frozen=True, slots=True)
class Said:
    """What a help desk says. owner: None when it says nothing of one."""

    response_id: str
    status: CaseStatus
    owner: str | None


VENDORS: Final[Mapping[str, Vendor]] = {
    "zendesk": Vendor(
        title="Zendesk",
        inside=("ticket", "detail"),
        response=("external_id",),
        status=("status",),
        owner=("assignee",),
        statuses={
            "new": "open",
            "open": "open",
            "pending": "contacted",
            "hold": "contacted",
            "on-hold": "contacted",
            "solved": "resolved",
            "closed": "resolved",
        },
    ),
    "freshdesk": Vendor(
        title="Freshdesk",
        inside=("freshdesk_webhook", "ticket"),
        response=("feedback_response", "ticket_cf_feedback_response", "cf_feedback_response"),
        status=("status", "ticket_status"),
        owner=("agent", "ticket_agent_email", "ticket_agent_name"),
        # By name and by number: triggers write the one, the API the other.
        statuses={
            "open": "open",
            "2": "open",
            "pending": "contacted",
            "3": "contacted",
            "waiting on customer": "contacted",
            "6": "contacted",
            "waiting on third party": "contacted",
            "7": "contacted",
            "resolved": "resolved",
            "4": "resolved",
            "closed": "resolved",
            "5": "resolved",
        },
    ),
    "hubspot": Vendor(
        title="HubSpot",
        inside=("properties",),
        response=("feedback_response",),
        status=("hs_pipeline_stage",),
        owner=("hubspot_owner", "hubspot_owner_id"),
        # Of the support pipeline every account begins with; others are told with the call.
        statuses={
            "1": "open",
            "new": "open",
            "2": "contacted",
            "waiting on contact": "contacted",
            "3": "contacted",
            "waiting on us": "contacted",
            "4": "resolved",
            "closed": "resolved",
        },
    ),
    "salesforce": Vendor(
        title="Salesforce",
        inside=("case", "Case"),
        response=("feedback_response", "Feedback_Response__c"),
        status=("status", "Status"),
        owner=("owner", "OwnerName"),
        # Of the picklist every organisation begins with.
        statuses={
            "new": "open",
            "working": "contacted",
            "on hold": "contacted",
            "escalated": "contacted",
            "closed": "resolved",
        },
    ),
    "intercom": Vendor(
        title="Intercom",
        inside=("ticket", "ticket_attributes"),
        response=("feedback_response",),
        status=("ticket_state", "state"),
        owner=("assignee", "admin_assignee_id"),
        # By the API's names and as teammates see them.
        statuses={
            "submitted": "open",
            "in_progress": "contacted",
            "in progress": "contacted",
            "waiting_on_customer": "contacted",
            "waiting on customer": "contacted",
            "resolved": "resolved",
        },
    ),
}


def read(name: str, document: Mapping[str, Any], stages: Mapping[str, CaseStatus]) -> Said:
    """Return what a vendor's document says of a case.

    name: of VENDORS. stages: the team's own names of where a ticket stands, in lower case; they
    count before the vendor's. Raises InvalidValue naming what is missing, and where it should be.
    """
    vendor = VENDORS[name]
    response_id = _text(_field(vendor, document, vendor.response))
    if not response_id:
        raise InvalidValue(
            f"this {vendor.title} document names no response: put the response's id "
            f"(rsp_…) into {vendor.response[0]!r}, as the page on cases shows",
            f"/{vendor.response[0]}",
        )
    stage = _text(_field(vendor, document, vendor.status))
    if not stage:
        raise InvalidValue(
            f"this {vendor.title} document does not say where the ticket stands: put it into "
            f"{vendor.status[0]!r}",
            f"/{vendor.status[0]}",
        )
    known = {**vendor.statuses, **stages}
    status = known.get(stage.lower())
    if status is None:
        raise InvalidValue(
            f"no case status for {stage[:50]!r}: known are {', '.join(known)}; name your own "
            "stages in the URL, such as ?resolved=986&contacted=984,985",
            f"/{vendor.status[0]}",
        )
    return Said(response_id, status, _text(_field(vendor, document, vendor.owner)) or None)


def _field(vendor: Vendor, document: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    inner = (document.get(name) for name in vendor.inside)
    for place in (document, *(each for each in inner if isinstance(each, Mapping))):
        for name in names:
            if place.get(name) not in (None, ""):
                return place[name]
    return None


def _text(value: Any) -> str:
    """Return a field's text; HubSpot wraps values as {"value": …}."""
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:200]
