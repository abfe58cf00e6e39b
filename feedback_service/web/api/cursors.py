"""Opaque page cursors: where the last page ended, signed so that nobody builds on their inside."""

import json
from typing import Any

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.errors import InvalidValue, TokenInvalid


def pack(signer: TokenSigner, *parts: str | None) -> str:
    return signer.sign(json.dumps(parts).encode())


def unpack(signer: TokenSigner, cursor: str | None) -> list[Any] | None:
    """Return the parts of a cursor. Raises InvalidValue for one we did not hand out."""
    if cursor is None:
        return None
    try:
        parts = json.loads(signer.unsign(cursor))
    except (TokenInvalid, ValueError):
        parts = None
    if not isinstance(parts, list):
        raise InvalidValue("this cursor is not ours: start again without one", "/cursor")
    return parts
