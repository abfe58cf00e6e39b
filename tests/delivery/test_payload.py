"""The body of a delivery: exact names and nesting of the contract."""

import json
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.delivery.formats.render import rendered
from feedback_service.delivery.payload import event_of
from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.storage.dispatch.briefs import Story
from tests.factories import NOW, response, survey, webhook


def delivery(event_type: str = "alert.detractor", **changes: Any) -> Delivery:
    plain: dict[str, Any] = {"response_id": "rsp_1", **changes}
    return Delivery("msg_1", 1, "whk_1", event_type, NOW, NOW, **plain)


def told(email: str | None = None, **changes: Any) -> Story:
    answered = response(**changes)
    return Story(answered, survey(), email, answered.traits)


def body_of(of: Delivery, story: Story | None, public_url: str | None = None) -> bytes:
    """Return the standard body."""
    return rendered(webhook(), event_of(of, "shop", story, public_url)).body


def test_the_body_has_the_names_and_nesting_of_the_contract() -> None:
    story = told(
        email="ada@example.com",
        respondent="cust_1",
        traits={"plan": "pro"},
        score=3,
        band="detractor",
        comment="slow",
        answers={"why": ["price"]},
        tags=("vip",),
        touchpoint="checkout",
        journey_stage="purchase",
        campaign="november",
        locale="de",
        page_url="https://shop.example/thanks",
        complete=True,
        scored_at=NOW,
        completed_at=NOW + timedelta(seconds=5),
    )
    body = body_of(delivery(), story, "https://feedback.example/nps/")
    assert json.loads(body) == {
        "type": "alert.detractor",
        "timestamp": "2026-11-24T12:00:00.000Z",
        "data": {
            "project": "shop",
            "sequence": 1,
            "survey": {
                "key": "nps",
                "version": 1,
                "metric": "nps",
                "definition": survey().definition.carried(),
            },
            "response": {
                "id": "rsp_1",
                "score": 3,
                "band": "detractor",
                "comment": "slow",
                "answers": {"why": ["price"]},
                "tags": ["vip"],
                "channel": "email",
                "touchpoint": "checkout",
                "journey_stage": "purchase",
                "campaign": "november",
                "locale": "de",
                "page_url": "https://shop.example/thanks",
                "complete": True,
                "test": False,
                "scored_at": "2026-11-24T12:00:00.000Z",
                "completed_at": "2026-11-24T12:00:05.000Z",
            },
            "respondent": {"ref": "cust_1", "email": "ada@example.com", "traits": {"plan": "pro"}},
            "links": {"response": "https://feedback.example/nps/v1/responses/rsp_1"},
        },
    }


def test_an_anonymous_response_has_no_respondent() -> None:
    body = json.loads(body_of(delivery(), told(score=3)))
    assert body["data"]["respondent"] is None


def test_without_a_public_url_links_are_paths() -> None:
    body = json.loads(body_of(delivery(), told(score=3)))
    assert body["data"]["links"] == {"response": "/v1/responses/rsp_1"}


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("👩‍🚀 e\u0301", id="emoji and combining marks"),
        pytest.param("line\u2028separator", id="U+2028"),
        pytest.param('"}\\,\r\n\t\x00', id="JSON's own characters and NUL"),
        pytest.param("ß" * 10_000, id="as long as a comment may be"),
    ],
)
def test_any_comment_survives_in_compact_utf_8(comment: str) -> None:
    body = body_of(delivery(), told(score=3, comment=comment))
    assert json.loads(body.decode("utf-8"))["data"]["response"]["comment"] == comment
    assert b'": ' not in body.replace(json.dumps(comment).encode(), b"")


@pytest.mark.parametrize(
    ("event_type", "subject"),
    [
        ("respondent.unsubscribed", {"respondent": {"ref": "cust_1", "email": None, "traits": {}}}),
        ("webhook.test", {"webhook": "whk_1", "message": "This is a test delivery."}),
    ],
)
def test_an_event_about_no_response_tells_its_subject(
    event_type: str, subject: dict[str, object]
) -> None:
    body = body_of(delivery(event_type, response_id=None, subject=subject), None)
    assert json.loads(body) == {
        "type": event_type,
        "timestamp": "2026-11-24T12:00:00.000Z",
        "data": {"project": "shop", **subject},
    }
