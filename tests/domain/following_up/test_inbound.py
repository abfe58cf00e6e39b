"""What help desks send, read for the response, the status and the owner."""

from typing import Any

import pytest

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.following_up.inbound import VENDORS, Said, read

RESPONSE = "rsp_01k"

# As the vendors document them: a trigger's own JSON, and what they send by themselves.
ZENDESK_TRIGGER = {"external_id": RESPONSE, "status": "Solved", "assignee": "ada@example.com"}
ZENDESK_EVENT = {
    "type": "zen:event-type:ticket.status_changed",
    "account_id": 12514403,
    "id": "2b24ef10-19f2-4d8d-9ba7-1d2b3d4c5e6f",
    "time": "2026-11-24T08:00:00.000000000Z",
    "zendesk_event_version": "2022-11-06",
    "subject": "zen:ticket:35436",
    "detail": {
        "id": "35436",
        "external_id": RESPONSE,
        "status": "PENDING",
        "assignee_id": "8447388090494",
        "subject": "A low answer",
    },
    "event": {"current": "PENDING", "previous": "OPEN"},
}
FRESHDESK_SIMPLE = {
    "freshdesk_webhook": {
        "ticket_id": 17,
        "ticket_status": "Closed",
        "ticket_agent_email": "ada@example.com",
        "ticket_cf_feedback_response": RESPONSE,
    }
}
FRESHDESK_ADVANCED = {"feedback_response": RESPONSE, "status": "Waiting on Customer", "agent": ""}
HUBSPOT_PROPERTIES = {
    "objectId": 991,
    "properties": {
        "hs_pipeline_stage": {"value": "4"},
        "feedback_response": {"value": RESPONSE},
        "hubspot_owner_id": {"value": "5512"},
    },
}
HUBSPOT_CUSTOM = {"feedback_response": RESPONSE, "hs_pipeline_stage": 2}
SALESFORCE_RECORD = {
    "Case": {"Feedback_Response__c": RESPONSE, "Status": "Escalated", "CaseNumber": "00001026"}
}
SALESFORCE_FLOW = {"feedback_response": RESPONSE, "status": "Closed", "owner": "Ada Byron"}
INTERCOM_CONNECTOR = {
    "ticket_state": "waiting_on_customer",
    "assignee": "ada@example.com",
    "ticket_attributes": {"feedback_response": RESPONSE},
}


@pytest.mark.parametrize(
    ("vendor", "document", "said"),
    [
        ("zendesk", ZENDESK_TRIGGER, Said(RESPONSE, "resolved", "ada@example.com")),
        ("zendesk", ZENDESK_EVENT, Said(RESPONSE, "contacted", None)),
        ("freshdesk", FRESHDESK_SIMPLE, Said(RESPONSE, "resolved", "ada@example.com")),
        ("freshdesk", FRESHDESK_ADVANCED, Said(RESPONSE, "contacted", None)),
        ("hubspot", HUBSPOT_PROPERTIES, Said(RESPONSE, "resolved", "5512")),
        ("hubspot", HUBSPOT_CUSTOM, Said(RESPONSE, "contacted", None)),
        ("salesforce", SALESFORCE_RECORD, Said(RESPONSE, "contacted", None)),
        ("salesforce", SALESFORCE_FLOW, Said(RESPONSE, "resolved", "Ada Byron")),
        ("intercom", INTERCOM_CONNECTOR, Said(RESPONSE, "contacted", "ada@example.com")),
    ],
)
def test_documented_shapes_are_read(vendor: str, document: dict[str, Any], said: Said) -> None:
    assert read(vendor, document, {}) == said


def test_a_teams_own_stages_count_before_the_vendors() -> None:
    moved = {"feedback_response": RESPONSE, "hs_pipeline_stage": "986"}
    assert read("hubspot", moved, {"986": "resolved"}).status == "resolved"
    assert read("hubspot", {**moved, "hs_pipeline_stage": "4"}, {"4": "open"}).status == "open"


@pytest.mark.parametrize(
    ("vendor", "document", "field"),
    [
        ("zendesk", {"status": "Solved"}, "/external_id"),
        ("zendesk", {"external_id": None, "status": "Solved"}, "/external_id"),
        ("zendesk", {"external_id": RESPONSE}, "/status"),
        ("zendesk", {"external_id": RESPONSE, "status": "vanished"}, "/status"),
        ("freshdesk", {"freshdesk_webhook": []}, "/feedback_response"),
        ("hubspot", {"feedback_response": {"value": {}}}, "/feedback_response"),
        (
            "hubspot",
            {"feedback_response": RESPONSE, "hs_pipeline_stage": True},
            "/hs_pipeline_stage",
        ),
    ],
)
def test_what_is_missing_is_named(vendor: str, document: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read(vendor, document, {})
    assert refused.value.field == field


def test_every_vendor_knows_all_three_statuses() -> None:
    for vendor in VENDORS.values():
        assert set(vendor.statuses.values()) == {"open", "contacted", "resolved"}
        assert all(name == name.lower() for name in vendor.statuses)
