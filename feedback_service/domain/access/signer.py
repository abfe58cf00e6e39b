"""Signs and verifies the compact tokens this service mints."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm

from feedback_service.domain.errors import TokenInvalid

SALT: Final = b"feedback.token.v1"
# HMAC-SHA-256 cut to 128 bits (RFC 2104 section 5, RFC 4868): halves what a mail link spends on it.
SIGNATURE_BYTES: Final = 16
MAX_TEXT_LENGTH: Final = 2048


class _HmacSha256Cut(SigningAlgorithm):
    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, hashlib.sha256)[:SIGNATURE_BYTES]


class TokenSigner:
    """Turns a payload into ``payload.signature`` and back.

    secret_keys: newest first. The first signs, all of them verify, so a key can be rotated.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._signer = Signer(
            [key.encode() for key in reversed(secret_keys)],
            salt=SALT,
            key_derivation="hmac",
            digest_method=hashlib.sha256,
            algorithm=_HmacSha256Cut(),
        )

    def sign(self, payload: bytes) -> str:
        return self._signer.sign(base64_encode(payload)).decode("ascii")

    def unsign(self, text: str) -> bytes:
        """Return the payload. Raises TokenInvalid for anything we did not write exactly so."""
        if len(text) > MAX_TEXT_LENGTH or not text.isascii():
            raise TokenInvalid
        try:
            encoded = self._signer.unsign(text)
            payload = base64_decode(encoded)
            signature = base64_decode(text[len(encoded) + 1 :])
        except BadData:
            raise TokenInvalid from None
        # Base64 ignores trailing bits, so another spelling could pass: only ours is accepted.
        if base64_encode(payload) != encoded or not text.endswith(
            "." + base64_encode(signature).decode("ascii")
        ):
            raise TokenInvalid
        return payload
