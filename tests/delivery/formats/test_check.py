"""What is refused when a webhook is saved, with the member at fault and what to do."""

from typing import Any

import pytest

from feedback_service.delivery.formats.check import check_format
from feedback_service.delivery.formats.every import FORMATS
from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.domain.alerting.webhooks import check_headers
from feedback_service.domain.errors import InvalidValue
from tests.delivery.formats.ready import VENDORS, ready, saying

HOOK = "https://crm.example/hook"


def fault_of(**changes: Any) -> tuple[str | None, str]:
    """Return the field and the words of what is wrong with a webhook."""
    with pytest.raises(InvalidValue) as caught:
        check_format(ready(changes.pop("name", "standard"), **changes))
    return caught.value.field, str(caught.value)


@pytest.mark.parametrize("name", FORMATS)
def test_a_complete_webhook_of_every_format_is_accepted_for_every_event(name: str) -> None:
    check_format(ready(name, events=EVENT_TYPES))


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidValue, match=r"no format .jira.: use standard, ") as caught:
        check_format(ready("standard", format="jira"))
    assert caught.value.field == "/format"


@pytest.mark.parametrize("name", [n for n in VENDORS if n not in {"slack", "teams"}])
def test_a_url_that_is_not_the_vendors_call_is_refused(name: str) -> None:
    field, why = fault_of(name=name, url=HOOK)
    assert field == "/url"
    assert FORMATS[name].example in why


@pytest.mark.parametrize("name", [n for n in FORMATS if FORMATS[n].needs])
def test_a_missing_credential_is_named_with_its_form(name: str) -> None:
    field, why = fault_of(name=name, headers={})
    need = FORMATS[name].needs[0]
    assert field == "/headers"
    assert f"{need.name}: {need.form}" in why


def test_a_header_may_be_written_in_any_case() -> None:
    check_format(ready("zendesk", headers={"authorization": "Basic eA=="}))


@pytest.mark.parametrize(
    ("name", "words", "field", "why"),
    [
        ("zendesk", {"subjct": "x"}, "/template/subjct", "no word 'subjct': use subject, text"),
        ("zendesk", {"subject": "{{ respons.id }}"}, "/template/subject", "no name 'respons'"),
        ("zendesk", {"fields": {"a/b": "{{ x }}"}}, "/template/fields/a~1b", "no name 'x'"),
        ("zendesk", {"tags": ["a", "{{"]}, "/template/tags/1", "unexpected"),
        ("zendesk", {"tags": "{{ title }}"}, "/template/tags", "must give a list"),
        ("zendesk", {"fields": "x"}, "/template/fields", "this is an object"),
        ("zendesk", {"custom_fields": {"plan": 1}}, "/template/custom_fields/plan", "number"),
        ("zendesk", {"text": "{{ response.comment }}"}, "/template/text", "wants a comment"),
        ("slack", {"facts": ["x"]}, "/template/facts", "list of"),
        ("hubspot", {"stage": None}, "/template/stage", "HubSpot wants hs_pipeline_stage"),
        ("intercom", {"ticket_type_id": None}, "/template/ticket_type_id", "ticket type"),
        ("freshdesk", {"anonymous_email": None}, "/template/anonymous_email", "requester"),
        ("salesforce", {"external_id_field": "x y"}, "/template/external_id_field", "Case's"),
        ("pipedrive", {"type": ""}, "/template/type", "Pipedrive wants type"),
    ],
)
def test_a_faulty_word_is_named(name: str, words: dict[str, Any], field: str, why: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_format(saying(name, **words))
    assert caught.value.field == field
    assert why in str(caught.value)
    assert str(caught.value).startswith(field)


@pytest.mark.parametrize(
    ("template", "field", "why"),
    [
        (None, "/template", "say what to send"),
        ({}, "/template", 'either "body"'),
        ({"body": {}, "text": ""}, "/template", 'either "body"'),
        ({"body": "{{ title }}"}, "/template/body", '"text"'),
        ({"text": {}}, "/template/text", "one text"),
        ({"headers": {}, "text": ""}, "/template/headers", "body, text, content_type only"),
        ({"text": "", "content_type": "a\r\nb: c"}, "/template/content_type", "no content type"),
        ({"body": {}, "content_type": "text/plain"}, "/template/content_type", "sent as JSON"),
        ({"text": '{"c": "{{ response.comment }}"}'}, "/template/text", "|json"),
        ({"body": {"a": [{"b": "{{ zzz }}"}]}}, "/template/body/a/0/b", "no name 'zzz'"),
        ({"body": {"a": "x" * 40_000}}, "/template", "more than 32768 bytes"),
        ({"body": {"a": "{{ response.score + 1 }}"}}, "/template/body/a", "response.completed"),
    ],
)
def test_a_faulty_template_is_refused(template: Any, field: str, why: str) -> None:
    found_field, found_why = fault_of(name="template", template=template)
    assert found_field == field
    assert why in found_why


def test_a_template_nested_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"a": deep}
    assert fault_of(name="template", template={"body": deep})[1].endswith(
        "nested more than 10 deep"
    )


@pytest.mark.parametrize("name", ["standard", "cloudevents"])
def test_what_is_a_standard_is_not_changed(name: str) -> None:
    assert fault_of(name=name, template={"subject": "x"})[0] == "/template"


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "TE"),
        *("Upgrade", "Expect", "Cookie", "webhook-id", "Webhook-Signature", "X-Forwarded-For"),
        *("Proxy-Authorization", "Forwarded", "Via", "Accept-Encoding", "X Y", "X:Y", ""),
    ],
)
def test_a_header_that_could_break_or_redirect_a_delivery_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        check_headers({name: "x"})


@pytest.mark.parametrize("value", ["a\r\nHost: b", " a", "a ", "é", "\x00"])
def test_a_header_value_that_cannot_be_sent_as_it_is_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue, match="X-Key"):
        check_headers({"X-Key": value})


def test_one_header_in_two_spellings_is_refused() -> None:
    with pytest.raises(InvalidValue, match="twice"):
        check_headers({"X-Key": "a", "x-key": "b"})
