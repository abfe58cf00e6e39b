from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.alerting.deliveries import deliveries_for
from feedback_service.domain.alerting.events import EVENT_TYPES, Event
from feedback_service.domain.alerting.webhooks import (
    MAX_HEADERS,
    Filter,
    Secret,
    WebhookStatus,
    check_events,
    check_headers,
)
from feedback_service.domain.errors import InvalidValue
from tests.factories import NOW, definition, response, survey, webhook

ANSWERED = response(score=3, band="detractor", touchpoint="checkout", channel="email")


@pytest.mark.parametrize(
    ("wanted", "admitted"),
    [
        pytest.param({}, True, id="no condition"),
        pytest.param({"survey": ("csat", "nps")}, True, id="one of the surveys"),
        pytest.param({"survey": ("csat",)}, False, id="another survey"),
        pytest.param({"metric": ("nps",)}, True, id="the metric"),
        pytest.param({"metric": ("ces",)}, False, id="another metric"),
        pytest.param({"band": ("detractor", "passive")}, True, id="one of the bands"),
        pytest.param({"band": ("promoter",)}, False, id="another band"),
        pytest.param({"score_min": 3}, True, id="at the lowest score"),
        pytest.param({"score_min": 4}, False, id="below the lowest score"),
        pytest.param({"score_max": 3}, True, id="at the highest score"),
        pytest.param({"score_max": 2}, False, id="above the highest score"),
        pytest.param({"score_min": 0, "score_max": 0}, False, id="zero is a bound, too"),
        pytest.param({"touchpoint": ("checkout",)}, True, id="the touchpoint"),
        pytest.param({"touchpoint": ("support",)}, False, id="another touchpoint"),
        pytest.param({"channel": ("widget",)}, False, id="another channel"),
        pytest.param({"survey": ("nps",), "band": ("promoter",)}, False, id="one of two holds"),
        pytest.param({"traits": {"plan": ("pro",)}}, True, id="traits are judged later"),
    ],
)
def test_a_filter_admits(wanted: dict[str, Any], admitted: bool) -> None:
    assert Filter(**wanted).admits("nps", definition("nps"), ANSWERED) is admitted


@pytest.mark.parametrize("wanted", [{"score_min": 0}, {"score_max": 10}, {"band": ("detractor",)}])
def test_a_response_without_a_score_passes_no_condition_on_it(wanted: dict[str, Any]) -> None:
    assert not Filter(**wanted).admits("nps", definition("nps"), response())


@pytest.mark.parametrize(
    ("traits", "admitted"),
    [
        pytest.param({"plan": "pro", "country": "de"}, True, id="all fit"),
        pytest.param({"plan": "team", "country": "de"}, True, id="any value does"),
        pytest.param({"plan": "free", "country": "de"}, False, id="one does not fit"),
        pytest.param({"plan": "pro"}, False, id="one is not known"),
    ],
)
def test_a_filter_admits_by_traits(traits: dict[str, str], admitted: bool) -> None:
    wanted = Filter(traits={"plan": ("pro", "team"), "country": ("de",)})
    assert wanted.admits_traits(traits) is admitted


@pytest.mark.parametrize(
    ("status", "queued_as"),
    [("active", "pending"), ("paused", "held"), ("disabled", "held")],
)
def test_a_webhook_that_is_not_active_keeps_its_news(status: WebhookStatus, queued_as: str) -> None:
    event = Event("response.scored", NOW + timedelta(seconds=60))
    (delivery,) = deliveries_for([event], survey(), ANSWERED, [webhook(status=status)], NOW)
    assert (delivery.status, delivery.next_at, delivery.event_at) == (queued_as, event.due_at, NOW)


def test_only_what_a_webhook_subscribed_to_is_queued() -> None:
    events = [Event("response.scored", NOW), Event("alert.detractor", NOW)]
    hooks = [
        webhook(id="wh_alerts", events=("alert.detractor",)),
        webhook(id="wh_both"),
        webhook(id="wh_other", events=("webhook.test",)),
        webhook(id="wh_promoters", filter=Filter(band=("promoter",))),
    ]
    queued = deliveries_for(events, survey(), ANSWERED, hooks, NOW)
    assert [(d.webhook_id, d.type) for d in queued] == [
        ("wh_alerts", "alert.detractor"),
        ("wh_both", "response.scored"),
        ("wh_both", "alert.detractor"),
    ]
    assert len({d.id for d in queued}) == 3


def test_a_rotated_secret_signs_until_it_expires() -> None:
    rotated = webhook(secrets=(Secret("whsec_new"), Secret("whsec_old", NOW + timedelta(hours=1))))
    assert rotated.signing_secrets(NOW) == ("whsec_new", "whsec_old")
    assert rotated.signing_secrets(NOW + timedelta(hours=1)) == ("whsec_new",)


def test_every_event_may_be_subscribed_to() -> None:
    check_events(EVENT_TYPES)


@pytest.mark.parametrize(
    ("events", "field"),
    [
        pytest.param((), "/events", id="none"),
        pytest.param(("response.scored", "response.scores"), "/events/1", id="misspelt"),
    ],
)
def test_a_webhook_needs_events_that_exist(events: tuple[str, ...], field: str) -> None:
    with pytest.raises(InvalidValue, match=r"response\.completed") as refused:
        check_events(events)
    assert refused.value.field == field


def test_headers_of_ones_own_are_taken() -> None:
    check_headers({"Authorization": "Bearer x", "X-Api-Key": "y", "X-Empty": ""})


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "webhook-id",
        "Webhook-Signature",
        "Cookie",
        "X-Forwarded-For",
        "Proxy-Authorization",
        "Sec-Fetch-Mode",
        "Connection",
        "User-Agent",
    ],
)
def test_a_header_that_is_ours_to_set_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="ours to set"):
        check_headers({name: "x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("X-A\r\nHost", "x", id="line break in the name"),
        pytest.param("X A", "x", id="space in the name"),
        pytest.param("X:A", "x", id="colon in the name"),
        pytest.param("", "x", id="no name"),
        pytest.param("X-A", "x\r\nHost: evil", id="line break in the value"),
        pytest.param("X-A", "ü", id="not ASCII"),
        pytest.param("X-A", "a\0b", id="NUL"),
    ],
)
def test_a_header_that_could_break_a_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidValue):
        check_headers({name: value})


def test_too_many_headers_are_refused() -> None:
    check_headers({f"X-{n}": "x" for n in range(MAX_HEADERS)})
    with pytest.raises(InvalidValue, match="at most"):
        check_headers({f"X-{n}": "x" for n in range(MAX_HEADERS + 1)})
