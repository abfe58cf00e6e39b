"""Where webhooks may go: the outbound policy, judged on text and numbers alone.

The policy is an allow-list of global unicast addresses. ``ipaddress.is_global`` is not used: on
Python 3.11 it calls ``::127.0.0.1``, ``2002::/16``, ``fec0::/10`` and multicast global.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from requests import PreparedRequest
from urllib3.util import parse_url

from feedback_service.domain.errors import AddressBlocked, InvalidValue

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL_CHARS: Final = 2048
FIELD: Final = "/url"

# IANA IPv4 special-purpose registry, multicast and reserved space, and Azure's platform address.
REFUSED_V4: Final = tuple(
    IPv4Network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
        *("192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
    )
)
# All of IPv6 that is handed out to networks, and the special blocks inside it.
GLOBAL_V6: Final = IPv6Network("2000::/3")
REFUSED_V6: Final = tuple(
    IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
NAT64: Final = IPv6Network("64:ff9b::/96")
# Cloud metadata hands out the machine's credentials to whoever asks from inside: a wide allow_net
# such as 0.0.0.0/0 must not open it by accident, so it needs an allow_net of its own.
METADATA: Final[tuple[Network, ...]] = (
    IPv4Network("169.254.0.0/16"),
    IPv4Network("100.100.100.200/32"),
    IPv4Network("168.63.129.16/32"),
    IPv6Network("fd00:ec2::/32"),
)
# RFC 6761, 6.3: these names mean loopback, so nobody needs to be asked.
LOOPBACK: Final[tuple[Address, ...]] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))

_AUTHORITY: Final = re.compile(r"[hH][tT][tT][pP][sS]?://([^/?#]+)")
_PORT: Final = re.compile(r":([0-9]{1,5})$")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
# WHATWG URL, "ends in a number": what getaddrinfo may read as an IPv4 address.
_NUMBER_AT_END: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """What the operator lets webhooks reach.

    allow_nets: reachable although not global; on any port. allow_http: http beside https.
    ports: the ports of everything outside allow_nets.
    """

    allow_nets: tuple[Network, ...] = ()
    allow_http: bool = False
    ports: frozenset[int] = frozenset({80, 443, 8443})


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """A judged webhook URL: url is what requests will send to, host has no brackets."""

    url: str
    scheme: str
    host: str
    port: int


def check_url(url: str, policy: OutboundPolicy) -> WebhookTarget:
    """Judge a webhook URL without asking DNS; a name's addresses are judged at every attempt.

    Raises InvalidValue when it is malformed or could be read in two ways, AddressBlocked when
    the policy refuses its scheme, port or literal address.
    """
    _refuse_ambiguous(url)
    target = _target(url)
    if target.scheme == "http" and not policy.allow_http:
        raise AddressBlocked("webhooks go over https only", FIELD)
    known = known_addresses(target.host)
    if known:
        permitted(target, known, policy)
    elif target.port not in policy.ports and not policy.allow_nets:
        # With allow_nets the name may lead into one of them; its addresses decide at the attempt.
        raise AddressBlocked(f"webhooks do not go to port {target.port}", FIELD)
    return target


def known_addresses(host: str) -> tuple[Address, ...]:
    """Return the addresses of a literal or of a localhost name; empty when DNS must be asked."""
    if host == "localhost" or host.endswith(".localhost"):
        return LOOPBACK
    try:
        return (ip_address(host),)
    except ValueError:
        return ()


def permitted(
    target: WebhookTarget, answers: Sequence[Address], policy: OutboundPolicy
) -> tuple[Address, ...]:
    """Return the addresses a target may be sent to, in their order.

    One refused answer refuses all: a name that is half private is an attack or a mistake.
    LOOPBACK is no answer of anybody, so what the policy allows of it is enough.
    Raises AddressBlocked, also when there is no answer.
    """
    allowed = tuple(address for address in answers if _port_fits(address, target.port, policy))
    if not allowed or (len(allowed) < len(answers) and answers is not LOOPBACK):
        raise AddressBlocked(
            "this address is not on the public internet or its port is not for webhooks; "
            "the operator can open a network with FEEDBACK_WEBHOOK_ALLOW_NETS",
            FIELD,
        )
    return allowed


def is_allowed(address: Address, policy: OutboundPolicy) -> bool:
    """Return whether a connection to this very address may be opened."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    address = _judged(address)
    if _opened(address, policy):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in net for net in REFUSED_V4)
    return address in GLOBAL_V6 and not any(address in net for net in REFUSED_V6)


def _port_fits(address: Address, port: int, policy: OutboundPolicy) -> bool:
    if not is_allowed(address, policy):
        return False
    return port in policy.ports or _opened(_judged(address), policy)


def _opened(address: Address, policy: OutboundPolicy) -> bool:
    guarded = next((net for net in METADATA if address in net), None)
    return any(
        address in net and (guarded is None or _inside(net, guarded)) for net in policy.allow_nets
    )


def _inside(net: Network, outer: Network) -> bool:
    if isinstance(net, IPv4Network):
        return isinstance(outer, IPv4Network) and net.subnet_of(outer)
    return isinstance(outer, IPv6Network) and net.subnet_of(outer)


def _judged(address: Address) -> Address:
    """Return the IPv4 address an IPv6 one stands for, where the kernel or a NAT64 unwraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address


def _refuse_ambiguous(url: str) -> None:
    """Refuse as typed what preparation would repair or drop, so nothing is judged but what is sent.

    Raises InvalidValue.
    """
    if len(url) > MAX_URL_CHARS:
        raise InvalidValue(f"a webhook URL has at most {MAX_URL_CHARS} characters", FIELD)
    if "\\" in url or any(char.isspace() or not char.isprintable() for char in url):
        raise InvalidValue("a webhook URL has no spaces, control characters or backslashes", FIELD)
    found = _AUTHORITY.match(url)
    if found is None:
        raise InvalidValue("a webhook URL starts with https:// and a host", FIELD)
    if "#" in url:
        raise InvalidValue("a webhook URL has no fragment (#…): it is never sent", FIELD)
    authority = found.group(1)
    if "@" in authority:
        raise InvalidValue("a webhook URL has no user or password: use a header", FIELD)
    if "%" in authority:
        raise InvalidValue("the host of a webhook URL is written plainly, without %", FIELD)
    _check_port(authority)


def _check_port(authority: str) -> None:
    after_host = authority.rpartition("]")[2] if authority.startswith("[") else authority
    if ":" not in after_host:
        return
    port = _PORT.search(after_host)
    if port is None or after_host.count(":") > 1 or not 1 <= int(port.group(1)) <= 65535:
        raise InvalidValue("the port of a webhook URL is a number from 1 to 65535", FIELD)


def _target(url: str) -> WebhookTarget:
    """Return the URL as requests prepares it. Raises InvalidValue."""
    request = PreparedRequest()
    try:
        request.prepare_url(url, None)
        prepared = request.url or ""
        parts = urlsplit(prepared)
        host, port = parts.hostname or "", parts.port
        # requests picks the host with one parser, urllib3 with the other.
        also = parse_url(prepared)
    except ValueError as error:
        raise InvalidValue("this webhook URL is malformed", FIELD) from error
    if len(prepared) > MAX_URL_CHARS:
        raise InvalidValue(f"encoded, this URL exceeds {MAX_URL_CHARS} characters", FIELD)
    if ((also.host or "").strip("[]"), also.port) != (host, port):
        raise InvalidValue("the host of this webhook URL can be read in two ways", FIELD)
    _check_host(host)
    return WebhookTarget(
        prepared, parts.scheme, host, port or (443 if parts.scheme == "https" else 80)
    )


def _check_host(host: str) -> None:
    if ":" in host or _NUMBER_AT_END.search(host):
        try:
            ip_address(host)
        except ValueError as error:
            raise InvalidValue(
                "write an IPv4 address as four decimal numbers, an IPv6 address in brackets", FIELD
            ) from error
    elif len(host) > 253 or not _NAME.fullmatch(host):
        raise InvalidValue("the host of this webhook URL is not a name DNS could hold", FIELD)
