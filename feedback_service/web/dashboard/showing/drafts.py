"""A survey that is being written, carried in the address of its preview: nothing is stored."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.domain.access.signer import MAX_TEXT_LENGTH, TokenSigner
from feedback_service.domain.errors import InvalidValue, TokenInvalid

# A token's payload begins with its kind, 1 or 2: what is signed for this purpose is never one.
_PURPOSE: Final = b"survey draft\0"
_LIFETIME: Final = timedelta(hours=12)
_MOST_BYTES: Final = 256 * 1024


def sealed(
    signer: TokenSigner, project_id: int, key: str, document: Mapping[str, Any], now: datetime
) -> str:
    """Return a draft as part of a URL. Raises InvalidValue when it would be too long for one."""
    until = int((now + _LIFETIME).timestamp())
    plain = json.dumps([until, project_id, key, document], separators=(",", ":")).encode()
    text = signer.sign(_PURPOSE + zlib.compress(plain, 9))
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidValue("there is too much text to preview it live: save it and try it there")
    return text


def opened(signer: TokenSigner, text: str, now: datetime) -> tuple[int, str, dict[str, Any]]:
    """Return project number, key and document. Raises TokenInvalid."""
    payload = signer.unsign(text)
    if not payload.startswith(_PURPOSE):
        raise TokenInvalid
    plain = zlib.decompressobj().decompress(payload.removeprefix(_PURPOSE), _MOST_BYTES)
    until, project_id, key, document = json.loads(plain)
    if now.timestamp() > until:
        raise TokenInvalid
    return project_id, key, document
