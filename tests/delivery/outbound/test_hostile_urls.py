"""What is refused at save is refused at connect, too, and nobody is asked or dialled for it."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import pytest

from feedback_service.delivery.outbound.attempt import attempt
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.outbound.outcome import Failed
from feedback_service.domain.alerting.addresses import Address, OutboundPolicy
from tests.delivery.receivers import post_to
from tests.domain.alerting.hostile_urls import BLOCKED, MALFORMED

STRICT = OutboundPolicy()
LEAST = 106


def literal(url: str) -> Address | None:
    try:
        return ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return None


# The public ones among them are refused for their scheme or port, not for where they are.
INSIDE = sorted(
    {str(address) for url in BLOCKED if (address := literal(url)) and str(address) != "8.8.8.8"}
)


class Answers:
    """A DNS that gives one answer, whatever it is asked."""

    def __init__(self) -> None:
        self.answer: IPv4Address | IPv6Address = ip_address("8.8.8.8")
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[Address]:
        self.asked += 1
        return [self.answer]


@pytest.fixture(scope="module")
def dns() -> Answers:
    return Answers()


@pytest.fixture(scope="module")
def guard(dns: Answers) -> Iterator[Guard]:
    with Guard(resolve=dns) as opened:
        yield opened


def test_there_are_as_many_as_promised() -> None:
    assert len({*BLOCKED, *MALFORMED}) >= LEAST
    assert len(INSIDE) > 30


@pytest.mark.parametrize("url", [*BLOCKED, *MALFORMED], ids=ascii)
def test_a_url_that_was_saved_somehow_is_refused_before_anybody_is_asked(
    guard: Guard, dns: Answers, url: str
) -> None:
    before = dns.asked
    outcome = attempt(post_to(url), STRICT, 2.0, guard)
    assert isinstance(outcome, Failed)
    assert (outcome.error, outcome.sent, dns.asked) == ("blocked_address", None, before)


@pytest.mark.parametrize("address", INSIDE)
def test_an_honest_name_that_turns_out_to_lead_inside_is_refused_at_connect(
    guard: Guard, dns: Answers, address: str
) -> None:
    dns.answer = ip_address(address)
    before = dns.asked
    outcome = attempt(post_to("https://hooks.example.com/"), STRICT, 2.0, guard)
    assert isinstance(outcome, Failed)
    assert (outcome.error, dns.asked) == ("blocked_address", before + 1)
