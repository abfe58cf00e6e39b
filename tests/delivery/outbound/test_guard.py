"""The door: one lookup, the very address judged, the right name on the certificate."""

import ssl
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
import trustme

from feedback_service.delivery.outbound.attempt import attempt
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.outbound.lookup import LookupFailed, Lookups, system_addresses
from feedback_service.delivery.outbound.outcome import Delivered, Failed
from feedback_service.delivery.outbound.watchdog import Watchdog
from feedback_service.domain.alerting.addresses import Address, OutboundPolicy
from tests.delivery.receivers import LOOPBACK, OK, Receiver, drip, hang, post_to, says

NAME = "hooks.example.test"


class Zone:
    """A DNS of our own: gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = [[ip_address(text) for text in answer] for answer in answers]
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


def outcome_class(outcome: Delivered | Failed) -> str:
    return outcome.error if isinstance(outcome, Failed) else "delivered"


def test_a_name_that_changes_its_address_is_looked_up_once_and_pinned() -> None:
    zone = Zone(["127.0.0.1"], ["10.0.0.1"])
    with Receiver(says(OK)) as receiver, Guard(resolve=zone) as guard:
        url = f"http://{NAME}:{receiver.port}/hook"
        first = attempt(post_to(url), LOOPBACK, 5.0, guard)
        asked = len(zone.asked)
        second = attempt(post_to(url), LOOPBACK, 5.0, guard)
    assert (outcome_class(first), asked) == ("delivered", 1)
    assert (outcome_class(second), receiver.connections) == ("blocked_address", 1)
    assert f"Host: {NAME}:{receiver.port}".encode() in receiver.requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(["127.0.0.1", "10.0.0.1"], id="good then private"),
        pytest.param(["10.0.0.1", "127.0.0.1"], id="private then good"),
        pytest.param(["127.0.0.1", "::1"], id="loopback that is not opened"),
        pytest.param(["127.0.0.1", "fe80::1%1"], id="a scope"),
        pytest.param(["8.8.8.8"], id="public, but not on this port"),
        pytest.param(["169.254.169.254"], id="metadata"),
        pytest.param([], id="no answer"),
    ],
)
def test_one_refused_answer_refuses_the_name(answer: list[str]) -> None:
    with Receiver(says(OK)) as receiver, Guard(resolve=Zone(answer)) as guard:
        outcome = attempt(post_to(f"http://{NAME}:{receiver.port}/"), LOOPBACK, 5.0, guard)
        assert receiver.connections == 0
    assert outcome_class(outcome) == "blocked_address"


def test_a_dead_address_gives_way_to_the_next() -> None:
    with (
        Receiver(says(OK)) as receiver,
        Guard(resolve=Zone(["127.0.0.2", "127.0.0.1"])) as guard,
    ):
        outcome = attempt(post_to(f"http://{NAME}:{receiver.port}/"), LOOPBACK, 5.0, guard)
    assert outcome_class(outcome) == "delivered"


def test_localhost_is_loopback_without_asking_anybody() -> None:
    zone = Zone(["10.0.0.1"])
    with Receiver(says(OK)) as receiver, Guard(resolve=zone) as guard:
        outcome = attempt(post_to(f"http://localhost:{receiver.port}/"), LOOPBACK, 5.0, guard)
    assert (outcome_class(outcome), zone.asked) == ("delivered", [])


def test_a_name_without_an_address_is_a_dns_failure() -> None:
    def refuse(host: str, port: int) -> list[Address]:
        raise OSError("NXDOMAIN")

    with Guard(resolve=refuse) as guard:
        outcome = attempt(post_to(f"https://{NAME}/"), OutboundPolicy(), 5.0, guard)
    assert outcome_class(outcome) == "dns"


def test_a_lookup_that_hangs_has_its_share_of_the_deadline() -> None:
    answered = threading.Event()

    def hang_on(host: str, port: int) -> list[Address]:
        answered.wait(10)
        return [ip_address("127.0.0.1")]

    with Guard(resolve=hang_on) as guard:
        started = monotonic()
        outcome = attempt(post_to(f"http://{NAME}:9/"), LOOPBACK, 0.3, guard)
        took_s = monotonic() - started
    answered.set()
    assert outcome_class(outcome) == "dns"
    assert took_s < 1.0


def test_hanging_lookups_are_bounded() -> None:
    answered = threading.Event()

    def hang_on(host: str, port: int) -> list[Address]:
        answered.wait(10)
        return []

    lookups = Lookups(hang_on, at_once=2)
    before = threading.active_count()
    for _ in range(4):
        with pytest.raises(LookupFailed):
            lookups.addresses(NAME, 443, 0.02)
    assert threading.active_count() <= before + 2
    answered.set()
    assert lookups.addresses(NAME, 443, 5.0) == []
    lookups.close()


def test_lookups_one_after_the_other_share_a_thread() -> None:
    threads: set[int] = set()

    def note(host: str, port: int) -> list[Address]:
        threads.add(threading.get_ident())
        return []

    lookups = Lookups(note)
    for _ in range(20):
        lookups.addresses(NAME, 443, 5.0)
        # The answer is out a moment before the thread is free again.
        threading.Event().wait(0.005)
    lookups.close()
    assert len(threads) <= 2


def test_the_system_knows_loopback() -> None:
    assert system_addresses("127.0.0.1", 80) == [ip_address("127.0.0.1")]
    assert system_addresses("::1", 80) == [ip_address("::1")]


# -- TLS ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def guard(authority: trustme.CA, tmp_path: Path) -> Iterator[Guard]:
    """A door that trusts the test authority and finds every name on loopback."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    with Guard(ca_file=str(file), resolve=Zone(["127.0.0.1"])) as guard:
        yield guard


def tls_of(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


def test_the_name_of_the_url_is_asked_for_and_checked(authority: trustme.CA, guard: Guard) -> None:
    asked_for: list[str | None] = []
    tls = tls_of(authority.issue_cert(NAME))
    tls.set_servername_callback(lambda _, name, __: asked_for.append(name))
    with Receiver(says(OK), tls) as receiver:
        outcome = attempt(post_to(f"https://{NAME}:{receiver.port}/"), LOOPBACK, 5.0, guard)
    assert outcome_class(outcome) == "delivered"
    assert asked_for == [NAME]


def test_a_literal_address_is_checked_against_the_certificate(
    authority: trustme.CA, guard: Guard
) -> None:
    with Receiver(says(OK), tls_of(authority.issue_cert("127.0.0.1"))) as receiver:
        outcome = attempt(post_to(f"https://127.0.0.1:{receiver.port}/"), LOOPBACK, 5.0, guard)
    assert outcome_class(outcome) == "delivered"


@pytest.mark.parametrize("fault", ["wrong name", "expired", "unknown authority"])
def test_a_bad_certificate_is_refused_before_anything_is_said(
    fault: str, authority: trustme.CA, guard: Guard
) -> None:
    cert = {
        "wrong name": lambda: authority.issue_cert("other.example.test"),
        "expired": lambda: authority.issue_cert(
            NAME,
            not_before=datetime(2020, 1, 1, tzinfo=UTC),
            not_after=datetime(2021, 1, 1, tzinfo=UTC),
        ),
        "unknown authority": lambda: trustme.CA().issue_cert(NAME),
    }[fault]()
    with Receiver(says(OK), tls_of(cert)) as receiver:
        outcome = attempt(post_to(f"https://{NAME}:{receiver.port}/"), LOOPBACK, 5.0, guard)
    assert outcome_class(outcome) == "tls"
    assert receiver.requests == []


def test_the_world_s_authorities_do_not_vouch_for_a_private_one(authority: trustme.CA) -> None:
    with (
        Receiver(says(OK), tls_of(authority.issue_cert(NAME))) as receiver,
        Guard(resolve=Zone(["127.0.0.1"])) as guard,
    ):
        outcome = attempt(post_to(f"https://{NAME}:{receiver.port}/"), LOOPBACK, 5.0, guard)
    assert outcome_class(outcome) == "tls"


def test_a_receiver_that_never_shakes_hands_is_a_timeout(guard: Guard) -> None:
    # It waits for a plain request, which the TLS greeting is not.
    with Receiver(says(OK)) as receiver:
        outcome = attempt(post_to(f"https://{NAME}:{receiver.port}/"), LOOPBACK, 0.4, guard)
    assert outcome_class(outcome) == "timeout"


def test_the_deadline_holds_inside_tls(authority: trustme.CA, guard: Guard) -> None:
    tls = tls_of(authority.issue_cert(NAME))
    with Receiver(drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"), tls) as receiver:
        started = monotonic()
        outcome = attempt(post_to(f"https://{NAME}:{receiver.port}/"), LOOPBACK, 0.6, guard)
        took_s = monotonic() - started
    assert outcome_class(outcome) == "timeout"
    assert took_s < 1.6


# -- the watchdog ------------------------------------------------------------------------------


def test_a_later_and_shorter_deadline_is_met_first() -> None:
    with Receiver(hang) as receiver, Guard() as guard:
        slow = threading.Thread(
            target=attempt, args=(post_to(receiver.url), LOOPBACK, 1.0, guard), daemon=True
        )
        slow.start()
        started = monotonic()
        attempt(post_to(receiver.url), LOOPBACK, 0.3, guard)
        assert monotonic() - started < 0.9
        slow.join()


def test_a_watch_that_was_left_does_not_expire() -> None:
    watchdog = Watchdog()
    with watchdog.watch(0.05) as early:
        pass
    with watchdog.watch(0.1) as late:
        threading.Event().wait(0.3)
    watchdog.close()
    assert (early.expired, late.expired) == (False, True)


def test_a_closed_door_opens_no_connection() -> None:
    guard = Guard()
    guard.close()
    with Receiver(says(OK)) as receiver, pytest.raises(RuntimeError, match="closed"):
        attempt(post_to(receiver.url), LOOPBACK, 1.0, guard)


def test_fifty_hanging_receivers_all_end_on_time() -> None:
    outcomes: list[Delivered | Failed] = []
    with Receiver(hang) as receiver, Guard() as guard:
        threads = [
            threading.Thread(
                target=lambda: outcomes.append(attempt(post_to(receiver.url), LOOPBACK, 0.8, guard))
            )
            for _ in range(50)
        ]
        started = monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took_s = monotonic() - started
    assert [outcome_class(outcome) for outcome in outcomes] == ["timeout"] * 50
    assert took_s < 3.0
