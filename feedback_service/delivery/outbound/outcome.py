"""What goes into an attempt and what comes out: values, because a failure is stored and shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

# bad_reply: something answered, but it was not HTTP (or ended before a status line).
# internal: the fault was ours, and is in the log. template: the webhook's own template makes no
# body. refused: a 2xx whose text says that it failed, as the formats know it.
ErrorClass = Literal[
    "blocked_address",
    "dns",
    "tls",
    "timeout",
    "connect",
    "bad_reply",
    "redirect",
    "http_4xx",
    "http_5xx",
    "gone",
    "internal",
    "template",
    "refused",
]

INTERNAL: Final[ErrorClass] = "internal"


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One request to make. headers: the signature, the content type and the customer's own."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    method: Literal["GET", "POST"] = "POST"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver took it. reply: the start of its answer, at most 4 kB of printable text.

    sent: the request with every header as it went out.
    """

    status: int
    elapsed_ms: int
    reply: str
    sent: OutboundRequest | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The receiver did not take it, or was not reached.

    error: a class, never the resolver's or the socket's own words. status: None without a reply.
    retry_after_s: the receiver's wish, 0..86400. sent: as in Delivered; None when nothing was.
    """

    error: ErrorClass
    elapsed_ms: int
    status: int | None = None
    reply: str = ""
    retry_after_s: float | None = None
    sent: OutboundRequest | None = None
