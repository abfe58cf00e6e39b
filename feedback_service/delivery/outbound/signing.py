"""Sign deliveries: Standard Webhooks 1.0.0, the symmetric scheme ``v1``.

Receivers verify with the official library of their language; the tests do too.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Final

from feedback_service.domain.access.keys import WEBHOOK_PREFIX

# The specification wants 24 to 64 random bytes.
KEY_BYTES: Final = range(24, 65)


def headers(
    secrets: Sequence[str], message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Return the three headers of one attempt. Raises ValueError as sign does."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(secrets, message_id, timestamp_s, body),
    }


def sign(secrets: Sequence[str], message_id: str, timestamp_s: int, body: bytes) -> str:
    """Return the signature header: one ``v1,<base64>`` per secret, newest first, space between.

    timestamp_s: Unix time of this attempt. Receivers refuse more than five minutes of difference.
    Raises ValueError without a secret, for a malformed one, or for an id that could be
    confused with the dot-separated timestamp behind it.
    """
    if not secrets:
        raise ValueError("a delivery needs at least one secret")
    if not (message_id.isascii() and message_id.isprintable()) or set(message_id) & {".", " "}:
        raise ValueError(f"message id {message_id!r} has a dot, a space or a strange character")
    if not message_id:
        raise ValueError("a delivery needs a message id")
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return " ".join(
        "v1," + b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()
        for secret in secrets
    )


def _key(secret: str) -> bytes:
    """Return the key bytes of a secret. Raises ValueError, without the secret in its text."""
    try:
        key = b64decode(secret.removeprefix(WEBHOOK_PREFIX), validate=True)
    except (NotBase64, ValueError):
        key = b""
    if not secret.startswith(WEBHOOK_PREFIX) or len(key) not in KEY_BYTES:
        # `from None`: the cause would carry part of the secret into a log.
        raise ValueError("a webhook secret is whsec_ and 24 to 64 bytes in base64") from None
    return key
