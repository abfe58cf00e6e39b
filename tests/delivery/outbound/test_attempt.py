"""What becomes of an attempt, at receivers of every kind."""

import random
from time import monotonic

import pytest
from requests.exceptions import InvalidHeader

from feedback_service.delivery.outbound.attempt import attempt
from feedback_service.delivery.outbound.guard import Guard
from feedback_service.delivery.outbound.outcome import Delivered, ErrorClass, Failed
from feedback_service.domain.alerting.addresses import OutboundPolicy
from tests.delivery.receivers import (
    LOOPBACK,
    OK,
    Behaviour,
    Flood,
    Receiver,
    drip,
    gzip_bomb,
    hang,
    post_to,
    reset,
    says,
    status,
)


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_every_2xx_is_delivered(code: int) -> None:
    with Receiver(status(code)) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Delivered)
    assert outcome.status == code


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (300, "redirect"),
        (304, "redirect"),
        (400, "http_4xx"),
        (408, "http_4xx"),
        (410, "gone"),
        (413, "http_4xx"),
        (429, "http_4xx"),
        (500, "http_5xx"),
        (503, "http_5xx"),
        (103, "bad_reply"),
        (999, "bad_reply"),
    ],
)
def test_every_other_status_fails_with_its_class(code: int, error: ErrorClass) -> None:
    with Receiver(status(code)) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Failed)
    assert (outcome.error, outcome.status) == (error, code)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(code: int) -> None:
    with (
        Receiver(says(OK)) as elsewhere,
        Receiver(status(code, f"Location: {elsewhere.url}")) as receiver,
    ):
        outcome = attempt(post_to(receiver.url), LOOPBACK)
        assert elsewhere.connections == 0
    assert isinstance(outcome, Failed)
    assert outcome.error == "redirect"


@pytest.mark.parametrize(
    ("wish", "wait_s"),
    [("120", 120.0), ("1000000000", 86_400.0), ("soon", None), ("-5", None)],
)
def test_the_wish_of_a_busy_receiver_is_reported(wish: str, wait_s: float | None) -> None:
    with Receiver(status(429, f"Retry-After: {wish}")) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Failed)
    assert outcome.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        pytest.param(hang, "timeout", id="never answers"),
        pytest.param(drip(b"", b"H"), "timeout", id="drips its status line"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"), "timeout", id="drips a header"),
        pytest.param(
            drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"\r"), "timeout", id="drips after 100"
        ),
    ],
)
def test_no_receiver_holds_a_sender_beyond_the_deadline(
    behaviour: Behaviour, error: ErrorClass
) -> None:
    with Receiver(behaviour) as receiver:
        started = monotonic()
        outcome = attempt(post_to(receiver.url), LOOPBACK, deadline_s=0.6)
        took_s = monotonic() - started
    assert isinstance(outcome, Failed)
    assert outcome.error == error
    assert 0.5 < took_s < 1.5


@pytest.mark.parametrize(
    "head", [b"Content-Length: 1000\r\n\r\n", b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n"]
)
def test_a_body_that_drips_after_200_ends_at_the_deadline_as_delivered(head: bytes) -> None:
    with Receiver(drip(b"HTTP/1.1 200 OK\r\n" + head, b"x")) as receiver:
        started = monotonic()
        outcome = attempt(post_to(receiver.url), LOOPBACK, deadline_s=1.0)
        took_s = monotonic() - started
    assert isinstance(outcome, Delivered)
    assert 1 <= len(outcome.reply) <= 15
    assert took_s < 2.0


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        pytest.param(reset, "connect", id="RST"),
        pytest.param(says(b""), "connect", id="closes without a word"),
        pytest.param(says(b"SSH-2.0-OpenSSH_9.2\r\n"), "bad_reply", id="speaks SSH"),
        pytest.param(says(b"HTTP/1.1 abc\r\n\r\n"), "bad_reply", id="status is no number"),
        pytest.param(
            says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"),
            "bad_reply",
            id="200 headers",
        ),
        pytest.param(
            says(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000), "bad_reply", id="endless header"
        ),
    ],
)
def test_a_broken_reply_fails(behaviour: Behaviour, error: ErrorClass) -> None:
    with Receiver(behaviour) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Failed)
    assert (outcome.error, outcome.status) == (error, None)


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", "half", id="early close"
        ),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nold", "old", id="HTTP/1.0"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n",
            "ok",
            id="broken chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\na\0b\x1b[31m\xff\r\n\xe2\x80\xaec",
            "a\ufffdb\ufffd[31m\ufffd\n\ufffd",
            id="NUL, escape, bad UTF-8, direction override; c is beyond the length",
        ),
    ],
)
def test_the_reply_is_kept_as_far_as_it_came_and_printable(reply: bytes, text: str) -> None:
    with Receiver(says(reply)) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Delivered)
    assert outcome.reply == text


def test_a_gigabyte_is_cut_after_64_kb() -> None:
    flood = Flood()
    with Receiver(flood) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
        assert flood.hung_up.wait(5)
    assert isinstance(outcome, Delivered)
    assert outcome.reply == "x" * 4_096
    # The kernel's socket buffers swallow some megabytes that nobody reads.
    assert flood.sent < 64_000_000


@pytest.mark.parametrize("char", ["é", "😀", "\ufffd"])
def test_four_kilobytes_are_kept_counted_in_bytes(char: str) -> None:
    with Receiver(status(500, body=char.encode() * 10_000)) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Failed)
    assert 4_090 < len(outcome.reply.encode()) <= 4_096
    assert set(outcome.reply) == {char}


def test_a_gzip_bomb_stays_packed() -> None:
    with Receiver(gzip_bomb()) as receiver:
        outcome = attempt(post_to(receiver.url), LOOPBACK)
    assert isinstance(outcome, Delivered)
    assert outcome.reply == "(a compressed reply, not unpacked)"


def test_the_very_bytes_and_headers_arrive() -> None:
    body = '{"comment":"naïve 😀\u2028"}'.encode()
    with Receiver(says(OK)) as receiver:
        request = post_to(
            receiver.url + "?a=1", body, webhook_id="msg_1", Accept_Encoding="gzip", Host="evil"
        )
        attempt(request, LOOPBACK)
    head, _, sent = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert sent == body
    assert lines[0] == "post /hook?a=1 http/1.1"
    assert {"webhook-id: msg_1", "accept-encoding: identity", "connection: close"} <= set(lines)
    assert f"host: 127.0.0.1:{receiver.port}" in lines
    assert f"content-length: {len(body)}" in lines
    assert len([line for line in lines if line.startswith("host:")]) == 1


def test_an_empty_body_has_a_length() -> None:
    with Receiver(says(OK)) as receiver:
        attempt(post_to(receiver.url, b""), LOOPBACK)
    assert b"content-length: 0" in receiver.requests[0].lower()


def test_proxies_and_netrc_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Receiver(says(OK)) as proxy, Receiver(says(OK)) as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        attempt(post_to(receiver.url), LOOPBACK)
        assert proxy.connections == 0
    assert b"authorization" not in receiver.requests[0].lower()


def test_nobody_listening_is_a_failed_connection() -> None:
    with Receiver(says(OK)) as receiver:
        url = receiver.url
    outcome = attempt(post_to(url), LOOPBACK)
    assert isinstance(outcome, Failed)
    assert outcome.error == "connect"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "https://10.0.0.1/", "nonsense", "https://[::1]/"]
)
def test_a_url_the_policy_refuses_now_is_blocked_though_it_was_saved(url: str) -> None:
    outcome = attempt(post_to(url), OutboundPolicy(allow_http=True))
    assert isinstance(outcome, Failed)
    assert outcome.error == "blocked_address"


def test_one_door_serves_many_attempts() -> None:
    with Receiver(says(OK)) as receiver, Guard() as guard:
        outcomes = [attempt(post_to(receiver.url), LOOPBACK, 5.0, guard) for _ in range(20)]
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert receiver.connections == 20


def test_a_line_break_in_a_header_is_our_fault_and_raises() -> None:
    with pytest.raises(InvalidHeader):
        attempt(post_to("http://127.0.0.1:9/", X="a\r\nHost: b"), LOOPBACK)


def test_a_strange_header_line_puts_neither_url_nor_reply_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Receiver(says(b"HTTP/1.1 200 OK\r\ninternal words\r\nX: y\r\n\r\n")) as receiver:
        outcome = attempt(post_to(receiver.url + "/T0/B0/secret"), LOOPBACK)
    assert isinstance(outcome, Delivered)
    assert "secret" not in caplog.text
    assert "internal words" not in caplog.text


def test_no_scrambled_reply_raises() -> None:
    pieces = [
        *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 ", b"\r\n", b"503 x\r\n", b"\0", b": \r\n", b"X"),
        *(b"Content-Length: ", b"-1", b"9" * 20, b"f" * 16 + b"\r\n", b"5;ext\r\n"),
        *(b"Transfer-Encoding: chunked\r\n", b"Set-Cookie: a=b; domain=\xff\r\n"),
        *(b"Location: http://[\r\n", b"Retry-After: \xff\r\n", b"Content-Encoding: br\r\n"),
    ]
    # A fixed seed: the same scrambled replies on every run.
    dice = random.Random(5)
    with Guard() as guard:
        for _ in range(100):
            start = b"HTTP/1.1 %d x\r\n" % dice.choice([200, 302, 410, 429, 500])
            reply = start * dice.randint(0, 1) + b"".join(dice.choices(pieces, k=6))
            with Receiver(says(reply)) as receiver:
                outcome = attempt(post_to(receiver.url), LOOPBACK, 2.0, guard)
            assert isinstance(outcome, Delivered | Failed), reply
