"""Survey tokens: the right to give one response, in the three ways to get one.

A link token names a link set (one row for a whole mailing: survey, channel, campaign …), a widget
token names the survey version it showed, a customer-minted JWT names a survey key. All three
become a `Token`, and its ``token_id`` is what makes it single-use.
"""

import json
import secrets
import struct
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.errors import InvalidValue, TokenExpired, TokenInvalid

Channel = Literal["widget", "email", "link", "sms", "api"]
CHANNELS: Final[tuple[Channel, ...]] = ("widget", "email", "link", "sms", "api")

LINK: Final = 1
WIDGET: Final = 2

DEFAULT_LIFETIME: Final = timedelta(days=90)
MAX_LIFETIME: Final = timedelta(days=180)
WIDGET_LIFETIME: Final = timedelta(days=1)

# kind, link set or survey version, expiry (s since 1970), lifetime (s, three bytes), nonce
_HEAD: Final = struct.Struct(">BIIHB9s")
_NONCE_BYTES: Final = 9
_REF_TEXT: Final = 1
_REF_UUID: Final = 2
_REF_ROW: Final = 3
# What fits into a link of 100 characters beside head and signature.
MAX_INLINE_REF_BYTES: Final = 35


@dataclass(frozen=True, slots=True)
class Token:
    """A verified token.

    survey: key of the survey; version_id pins the survey version a widget showed, else None.
    traits: short facts about the person or the occasion, stored with the response.
    """

    project_id: int
    token_id: str
    survey: str
    channel: str
    issued_at: datetime
    expires_at: datetime
    version_id: int | None = None
    respondent: str | None = None
    touchpoint: str | None = None
    campaign: str | None = None
    locale: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    test: bool = False
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a compact token itself carries.

    target: link set id or survey version id, by kind. extra: the widget's own facts.
    respondent: a reference, or the number of a respondent row.
    """

    kind: int
    target: int
    token_id: str
    issued_at: datetime
    expires_at: datetime
    respondent: str | int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


def fits_inline(ref: str) -> bool:
    """Tell whether a respondent reference may ride inside a link.

    Long ones do not fit, and one with an @ may be an e-mail address, which no token carries;
    those ride as the number of their respondent row.
    """
    return "@" not in ref and len(_pack_ref(ref)) <= MAX_INLINE_REF_BYTES + 1


def seal_link(
    signer: TokenSigner,
    link_set_id: int,
    respondent: str | int | None,
    now: datetime,
    lifetime: timedelta,
) -> tuple[str, str]:
    """Mint a link token; returns (token, token_id). The token has at most 100 characters."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    head = _head(LINK, link_set_id, nonce, now, lifetime)
    return signer.sign(head + _pack_ref(respondent)), _token_id(nonce)


def seal_widget(
    signer: TokenSigner,
    version_id: int,
    extra: Mapping[str, object],
    now: datetime,
    lifetime: timedelta = WIDGET_LIFETIME,
) -> tuple[str, str]:
    """Mint a widget token; returns (token, token_id). extra: small and JSON-able."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    facts = json.dumps(extra, ensure_ascii=False, separators=(",", ":")).encode()
    return signer.sign(_head(WIDGET, version_id, nonce, now, lifetime) + facts), _token_id(nonce)


def unseal(signer: TokenSigner, text: str) -> Sealed:
    """Read a compact token, expired or not. Raises TokenInvalid."""
    payload = signer.unsign(text)
    if len(payload) < _HEAD.size:
        raise TokenInvalid
    kind, target, expires_s, high, low, nonce = _HEAD.unpack_from(payload)
    rest = payload[_HEAD.size :]
    expires_at = datetime.fromtimestamp(expires_s, UTC)
    sealed = Sealed(
        kind=kind,
        target=target,
        token_id=_token_id(nonce),
        issued_at=expires_at - timedelta(seconds=high << 8 | low),
        expires_at=expires_at,
        respondent=_unpack_ref(rest) if kind == LINK else None,
        extra=json.loads(rest) if kind == WIDGET else {},
    )
    if kind not in {LINK, WIDGET}:
        raise TokenInvalid
    return sealed


def refuse_expired(expires_at: datetime, now: datetime) -> None:
    """Raise TokenExpired from the moment of expiry on."""
    if now >= expires_at:
        raise TokenExpired


def check_lifetime(seconds: int | None) -> timedelta:
    """Return the lifetime asked for. Raises InvalidValue beyond 1 s … 180 days."""
    if seconds is None:
        return DEFAULT_LIFETIME
    longest_s = int(MAX_LIFETIME.total_seconds())
    if not 1 <= seconds <= longest_s:
        raise InvalidValue(
            f"expires_in is in seconds, from 1 to {longest_s} (180 days)", "/expires_in"
        )
    return timedelta(seconds=seconds)


def _head(kind: int, target: int, nonce: bytes, now: datetime, lifetime: timedelta) -> bytes:
    lifetime_s = int(lifetime.total_seconds())
    expires_s = int(now.timestamp()) + lifetime_s
    return _HEAD.pack(kind, target, expires_s, lifetime_s >> 8, lifetime_s & 255, nonce)


def _token_id(nonce: bytes) -> str:
    return urlsafe_b64encode(nonce).decode("ascii")


def _pack_ref(ref: str | int | None) -> bytes:
    """A UUID shrinks to its 16 bytes, but only in the one spelling that comes back unchanged."""
    if ref is None:
        return b""
    if isinstance(ref, int):
        return bytes([_REF_ROW]) + ref.to_bytes(8)
    if len(ref) == 36:
        try:
            packed = uuid.UUID(ref)
        except ValueError:
            pass
        else:
            if str(packed) == ref:
                return bytes([_REF_UUID]) + packed.bytes
    return bytes([_REF_TEXT]) + ref.encode()


def _unpack_ref(rest: bytes) -> str | int | None:
    if not rest:
        return None
    if rest[0] == _REF_ROW:
        return int.from_bytes(rest[1:])
    if rest[0] == _REF_UUID:
        return str(uuid.UUID(bytes=rest[1:]))
    return rest[1:].decode()
