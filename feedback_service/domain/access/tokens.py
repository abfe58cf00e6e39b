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
from collections.abc import Callable, Mapping
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
_TEXT_MARK: Final = b"\x01"
_UUID_MARK: Final = b"\x02"
_ROW_MARK: Final = b"\x03"
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
    """Tell whether a respondent reference is short enough to ride inside a link, masked.

    Longer ones ride as the number of their respondent row.
    """
    if len(ref) * 4 <= MAX_INLINE_REF_BYTES:  # UTF-8 takes at most four bytes for one
        return True
    return len(ref.encode()) <= MAX_INLINE_REF_BYTES or _packed_uuid(ref) is not None


def seal_link(
    signer: TokenSigner,
    link_set_id: int,
    respondent: str | int | None,
    now: datetime,
    lifetime: timedelta,
    nonce: bytes | None = None,
) -> tuple[str, str]:
    """Mint a link token; returns (token, token_id). The token has at most 100 characters.

    A reference may be an e-mail address, which no token shows: it is masked.
    nonce: from `campaign_nonces`, else a fresh one.
    """
    return link_sealer(signer, now, lifetime)(link_set_id, respondent, nonce)


def link_sealer(
    signer: TokenSigner, now: datetime, lifetime: timedelta
) -> Callable[[int, str | int | None, bytes | None], tuple[str, str]]:
    """Return `seal_link` for many links made at one time."""
    expires_s, high, low = _times(now, lifetime)

    def seal(
        link_set_id: int, respondent: str | int | None, nonce: bytes | None
    ) -> tuple[str, str]:
        nonce = nonce or secrets.token_bytes(_NONCE_BYTES)
        head = _HEAD.pack(LINK, link_set_id, expires_s, high, low, nonce)
        return signer.sign(head + _pack_ref(signer, nonce, respondent)), _token_id(nonce)

    return seal


def campaign_nonces(signer: TokenSigner, survey_id: int, campaign: str) -> Callable[[str], bytes]:
    """Return a function from a person to the nonce of their link in a campaign.

    It is the same however often the link is made, so a reminder is the same right to one answer,
    and nothing is kept of who was sent what.
    """
    return signer.deriver(_NONCE_BYTES, "campaign", str(survey_id), campaign)


def entry_nonce(signer: TokenSigner, page: str) -> bytes:
    """Return the nonce of the answer given on one page of an open link: one page, one answer."""
    return signer.derived(_NONCE_BYTES, "entry", page)[0]


def visitor_nonces(
    signer: TokenSigner, visitor: str, survey_id: int, number: int
) -> dict[bytes, str]:
    """Return nonce -> token id of an anonymous visitor's impression, newest key first.

    number: 0, 1, 2 … counts what this visitor has answered or declined of this survey. The token id
    tells nobody who the visitor is, and only the visitor's own browser can be recognised by it.
    """
    nonces = signer.derived(_NONCE_BYTES, "visitor", str(survey_id), visitor, str(number))
    return {nonce: _token_id(nonce) for nonce in nonces}


def seal_widget(
    signer: TokenSigner,
    version_id: int,
    extra: Mapping[str, object],
    now: datetime,
    lifetime: timedelta = WIDGET_LIFETIME,
    nonce: bytes | None = None,
) -> tuple[str, str]:
    """Mint a widget token; returns (token, token_id). extra: small and JSON-able.

    nonce: from `visitor_nonces`, else a fresh one.
    """
    nonce = nonce or secrets.token_bytes(_NONCE_BYTES)
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
        respondent=_unpack_ref(signer, text, nonce, rest) if kind == LINK else None,
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
    return _HEAD.pack(kind, target, *_times(now, lifetime), nonce)


def _times(now: datetime, lifetime: timedelta) -> tuple[int, int, int]:
    """Return expiry and lifetime as the head holds them: in four bytes, and in one and two."""
    lifetime_s = int(lifetime.total_seconds())
    return int(now.timestamp()) + lifetime_s, lifetime_s >> 8, lifetime_s & 255


def _token_id(nonce: bytes) -> str:
    return urlsafe_b64encode(nonce).decode("ascii")


def _pack_ref(signer: TokenSigner, nonce: bytes, ref: str | int | None) -> bytes:
    if ref is None:
        return b""
    if isinstance(ref, int):
        return _ROW_MARK + ref.to_bytes(8)
    packed = _packed_uuid(ref) if len(ref) == 36 else None
    if packed is not None:
        return _UUID_MARK + packed
    return _TEXT_MARK + signer.masked(ref.encode(), nonce)


def _packed_uuid(ref: str) -> bytes | None:
    """Shrink a UUID to its 16 bytes, but only in the one spelling that comes back unchanged."""
    try:
        packed = uuid.UUID(ref)
    except ValueError:
        return None
    return packed.bytes if str(packed) == ref else None


def _unpack_ref(signer: TokenSigner, text: str, nonce: bytes, rest: bytes) -> str | int | None:
    if not rest:
        return None
    mark, packed = rest[:1], rest[1:]
    if mark == _ROW_MARK:
        return int.from_bytes(packed)
    if mark == _UUID_MARK:
        return str(uuid.UUID(bytes=packed))
    return signer.unmasked(text, packed, nonce).decode()
