"""Each format against the shape its vendor documents, and against what it gave before."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from feedback_service.delivery.formats.every import FORMATS
from feedback_service.delivery.formats.filling.samples import bare, full
from feedback_service.delivery.formats.shape import Event
from feedback_service.domain.alerting.events import EVENT_TYPES
from tests.delivery.formats.ready import VENDORS, ready, saying, sent

HERE = Path(__file__).parent
GOLDEN = full("alert.detractor", "shop", "https://feedback.example")


@cache
def shape_of(name: str) -> Draft202012Validator:
    """Return the judge of a vendor's documented request shape."""
    schema = json.loads((HERE / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", FORMATS)
def test_a_body_is_what_it_was(name: str) -> None:
    """Changed on purpose? Write the new body into golden/ and say so in the changelog."""
    golden = json.loads((HERE / "golden" / f"{name}.json").read_text(encoding="utf-8"))
    assert json.loads(sent(ready(name), GOLDEN)) == golden


@pytest.mark.parametrize("name", [*VENDORS, "standard", "cloudevents"])
def test_every_event_fits_the_documented_shape(name: str) -> None:
    for event in (size(event_type) for event_type in EVENT_TYPES for size in (full, bare)):
        shape_of(name).validate(json.loads(sent(ready(name), event)))


@pytest.mark.parametrize(
    ("name", "words", "pointer", "value"),
    [
        ("zendesk", {"custom_fields": {"360001": "{{ response.score }}"}},
         ("ticket", "custom_fields"), [{"id": 360001, "value": 1}]),
        ("zendesk", {"subject": "{{ response.band|upper }}!"}, ("ticket", "subject"), "DETRACTOR!"),
        ("zendesk", {"fields": {"group_id": 7}}, ("ticket", "group_id"), 7),
        ("freshdesk", {"custom_fields": {"cf_score": "{{ response.score }}"}},
         ("custom_fields",), {"cf_score": 1}),
        ("hubspot", {"fields": {"nps_score": "{{ response.score }}"}},
         ("properties", "nps_score"), 1),
        ("salesforce", {"fields": {"Score__c": "{{ response.score }}"}},
         ("compositeRequest", 0, "body", "Score__c"), 1),
        ("salesforce", {"contact": {"Shop_Id__c": "{{ respondent.ref }}"}},
         ("compositeRequest", 0, "body", "Contact"), {"Shop_Id__c": "customer-4711"}),
        ("intercom", {"attributes": {"Score": "{{ response.score }}"}},
         ("ticket_attributes", "Score"), 1),
        ("pipedrive", {"owner_id": 42}, ("owner_id",), 42),
        ("pipedrive", {"person_id": "77"}, ("participants", 0, "person_id"), 77),
        ("slack", {"title": "{{ respondent.traits.plan }} customer"},
         ("blocks", 0, "text", "text"), "pro customer"),
        ("teams", {"facts": [{"label": "Plan", "value": "{{ respondent.traits.plan }}"}]},
         ("attachments", 0, "content", "body", 2, "facts"), [{"title": "Plan", "value": "pro"}]),
    ],
)  # fmt: skip
def test_words_and_fields_change_without_code(
    name: str, words: dict[str, Any], pointer: tuple[Any, ...], value: Any
) -> None:
    body = json.loads(sent(saying(name, **words), GOLDEN))
    shape_of(name).validate(body)
    found = body
    for step in pointer:
        found = found[step]
    assert found == value


@pytest.mark.parametrize("name", VENDORS)
def test_the_longest_comment_still_fits(name: str) -> None:
    body = sent(ready(name), said("*ß😀*" * 2_500))
    shape_of(name).validate(json.loads(body))
    if name == "teams":
        assert len(body) < 28_000, "Teams takes 28 kB"


def test_salesforce_makes_a_plain_case_at_the_plain_url() -> None:
    url = "https://shop.my.salesforce.com/services/data/v66.0/sobjects/Case"
    body = json.loads(sent(ready("salesforce", url=url), GOLDEN))
    shape_of("salesforce").validate(body)
    assert body["Subject"] == "Detractor: 1 of 10 (nps)"
    assert body["SuppliedEmail"] == "ada@example.com"


@pytest.mark.parametrize("name", ["hubspot", "pipedrive"])
def test_who_is_not_found_is_left_out(name: str) -> None:
    body = sent(ready(name), GOLDEN, person_id=None)
    shape_of(name).validate(json.loads(body))
    assert b"email:" not in body


def said(comment: str) -> Event:
    """Return an alert whose comment and trait say this."""
    data = json.loads(json.dumps(dict(GOLDEN.data)))
    data["response"]["comment"] = comment
    data["respondent"]["traits"] = {"plan": comment}
    return replace(GOLDEN, data=data)


def test_a_comment_calls_nobody_in_slack() -> None:
    message = json.loads(sent(ready("slack"), said("<!channel> <https://evil.example|log in>")))
    *_, facts, _footer = message["blocks"]
    marked_up = [message["text"], *(field["text"] for field in facts["fields"])]
    assert sum("evil" in text for text in marked_up) == 2
    assert not any("<" in text or ">" in text for text in marked_up)
    assert {block["text"]["type"] for block in message["blocks"] if "text" in block} == {
        "plain_text"
    }


def test_a_comment_makes_no_link_in_teams() -> None:
    card = json.loads(sent(ready("teams"), said("[log in](https://evil.example) *now*")))
    _title, comment, facts, _footer = card["attachments"][0]["content"]["body"]
    harmless = "\\[log in\\]\\(https://evil.example\\) \\*now\\*"
    assert comment["text"] == harmless
    assert harmless in [fact["value"] for fact in facts["facts"]]


def test_a_case_tells_what_a_person_wants_to_know_of_it() -> None:
    message = json.loads(sent(ready("slack"), full("case.overdue")))
    facts = [field["text"] for field in message["blocks"][2]["fields"]]
    assert "*Case owner*\ngrace@shop.example" in facts
    assert "*Case due at*\n2026-11-26 12:00 UTC" in facts
    assert not any("Case id" in fact or "sequence" in fact for fact in facts)
