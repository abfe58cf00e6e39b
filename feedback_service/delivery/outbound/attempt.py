"""One attempt to deliver: send it, and say in a value what came of it."""

from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPException
from time import monotonic
from typing import Final

from requests import PreparedRequest, Request, RequestException
from requests.exceptions import SSLError, Timeout

from feedback_service import __version__
from feedback_service.delivery.outbound.guard import DeadlinePassed, Guard, Reply
from feedback_service.delivery.outbound.lookup import LookupFailed
from feedback_service.delivery.outbound.outcome import (
    Delivered,
    ErrorClass,
    Failed,
    OutboundRequest,
)
from feedback_service.delivery.schedule import parse_retry_after
from feedback_service.domain.alerting.addresses import OutboundPolicy, WebhookTarget, check_url
from feedback_service.domain.errors import AddressBlocked, InvalidValue

DEADLINE_S: Final = 15.0
REPLY_KEPT_BYTES: Final = 4_096

# The body is read raw: a reply of 64 kB must not unpack to gigabytes.
_FORCED_HEADERS: Final = {"Accept-Encoding": "identity", "Connection": "close"}
# The connection's own: a customer's value would contradict the URL or the body.
_DROPPED_HEADERS: Final = ("Host", "Content-Length", "Transfer-Encoding")


def attempt(
    request: OutboundRequest,
    policy: OutboundPolicy,
    deadline_s: float = DEADLINE_S,
    guard: Guard | None = None,
) -> Delivered | Failed:
    """Send once and return what came of it, within deadline_s seconds whatever the world does.

    guard: the process's door; without one a door is built for this attempt alone, which costs
    a thread and, for https, a reading of the certificate authorities.
    Raises only for a request no HTTP client may send, such as a line break in a header.
    """
    if guard is None:
        with Guard() as own:
            return attempt(request, policy, deadline_s, own)
    started = monotonic()
    try:
        target = check_url(request.url, policy)
    except (AddressBlocked, InvalidValue):
        # The operator may have closed a network since the URL was saved.
        return Failed("blocked_address", _ms_since(started))
    prepared = _prepared(request, target.url)
    sent = replace(request, url=target.url, headers=dict(prepared.headers))
    found = _reply_or_error(guard, target, prepared, policy, deadline_s)
    if isinstance(found, Reply):
        return replace(_verdict(found, _ms_since(started), datetime.now(UTC)), sent=sent)
    return Failed(found, _ms_since(started), sent=sent)


def _reply_or_error(
    guard: Guard,
    target: WebhookTarget,
    prepared: PreparedRequest,
    policy: OutboundPolicy,
    deadline_s: float,
) -> Reply | ErrorClass:
    try:
        return guard.exchange(target, prepared, policy, deadline_s)
    except AddressBlocked:
        return "blocked_address"
    except LookupFailed:
        return "dns"
    except (DeadlinePassed, Timeout):
        return "timeout"
    except SSLError:
        return "tls"
    except RequestException as failure:
        return "bad_reply" if _is_not_http(failure) else "connect"


def _prepared(request: OutboundRequest, url: str) -> PreparedRequest:
    body = request.body or None
    prepared = Request(request.method, url, headers=dict(request.headers), data=body).prepare()
    for name in _DROPPED_HEADERS:
        prepared.headers.pop(name, None)
    if request.method == "POST":
        prepared.headers["Content-Length"] = str(len(request.body))
    prepared.headers.setdefault("User-Agent", f"feedback-service/{__version__}")
    prepared.headers.update(_FORCED_HEADERS)
    return prepared


def _verdict(reply: Reply, elapsed_ms: int, now: datetime) -> Delivered | Failed:
    text = _printable(reply)
    if 200 <= reply.status < 300:
        return Delivered(reply.status, elapsed_ms, text)
    wish_s = parse_retry_after(reply.retry_after, now) if reply.retry_after else None
    return Failed(_error_of(reply.status), elapsed_ms, reply.status, text, wish_s)


def _error_of(status: int) -> ErrorClass:
    if status == 410:
        return "gone"
    of_hundred: dict[int, ErrorClass] = {3: "redirect", 4: "http_4xx", 5: "http_5xx"}
    return of_hundred.get(status // 100, "bad_reply")


def _printable(reply: Reply) -> str:
    """Return the start of the reply as text any database and any page can hold.

    Control and direction-changing characters become U+FFFD: PostgreSQL refuses NUL, and a
    stored reply must not draw over the page that shows it.
    """
    if reply.encoding.strip().lower() not in ("", "identity"):
        return "(a compressed reply, not unpacked)"
    text = reply.body.decode(errors="replace").replace("\r\n", "\n")[:REPLY_KEPT_BYTES]
    clean = "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)
    # A character takes up to four bytes, so the limit is applied once more.
    return clean.encode()[:REPLY_KEPT_BYTES].decode(errors="ignore")


def _is_not_http(failure: RequestException) -> bool:
    """Return whether something answered that was not HTTP; requests keeps the cause in args."""
    chain: list[object] = [failure]
    while chain and isinstance(chain[-1], Exception) and chain[-1].args:
        link = chain[-1].args[-1]
        if isinstance(link, HTTPException) and not isinstance(link, ConnectionError):
            return True
        chain.append(link)
    return False


def _ms_since(started: float) -> int:
    return round((monotonic() - started) * 1000)
