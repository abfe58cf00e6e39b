"""The page nonce: proof that a form was sent from our own page, and when that page was made.

Another site may know that somebody holds a token, but cannot read the page it opens. No nonce is
made twice, so each page has its own.
"""

import hashlib
import secrets
import struct
from datetime import UTC, datetime
from typing import Final

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.errors import TokenInvalid

# A token's payload begins with its kind, 1 or 2: what is signed for this purpose is never one.
_PURPOSE: Final = b"page form\0"
_MADE: Final = struct.Struct(">Q6s")


def page_nonce(signer: TokenSigner, subject: str, now: datetime) -> str:
    """Return the nonce of a new page. subject: what the page is about, such as a token."""
    made = _MADE.pack(int(now.timestamp() * 1000), secrets.token_bytes(6))
    return signer.sign(_bound(subject) + made)


def page_made_at(signer: TokenSigner, subject: str, text: str) -> datetime | None:
    """Return when the page was made, None when the text is no nonce of a page about this."""
    try:
        payload = signer.unsign(text)
    except TokenInvalid:
        return None
    bound, made = payload[: -_MADE.size], payload[-_MADE.size :]
    if bound != _bound(subject):
        return None
    made_ms, _ = _MADE.unpack(made)
    return datetime.fromtimestamp(made_ms / 1000, UTC)


def _bound(subject: str) -> bytes:
    return _PURPOSE + hashlib.sha256(subject.encode()).digest()[:16]
