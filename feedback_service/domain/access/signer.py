"""Signs and verifies the compact tokens this service mints; masks and derives what they hold."""

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
_SEPARATOR: Final = b"."
_MASKING: Final = b"feedback.mask"
_DERIVING: Final = b"feedback.derive"


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
        # Derived once: itsdangerous does it again for each signature, which is half of the work.
        self._signing = [self._signer.derive_key(key.encode()) for key in secret_keys]
        self._masking = [_subkey(key, _MASKING) for key in secret_keys]
        self._deriving = [_subkey(key, _DERIVING) for key in secret_keys]

    def sign(self, payload: bytes) -> str:
        encoded = base64_encode(payload)
        return (encoded + _SEPARATOR + _signature(self._signing[0], encoded)).decode("ascii")

    def masked(self, plain: bytes, nonce: bytes) -> bytes:
        """Return the bytes unreadable, and as many of them (at most 64).

        nonce: used for these bytes only. Keyed BLAKE2b is a pseudo-random function (RFC 7693), its
        output a stream to add; that nobody changed the bytes is the signature's business.
        """
        return _masked(plain, self._masking[0], nonce)

    def unmasked(self, text: str, hidden: bytes, nonce: bytes) -> bytes:
        """Return what `masked` was given; text: the verified token, to know by which key."""
        chosen = 0
        if len(self._signing) > 1:
            encoded, _, signature = text.encode("ascii").rpartition(_SEPARATOR)
            made = [_signature(key, encoded) for key in self._signing]
            chosen = made.index(signature)
        return _masked(hidden, self._masking[chosen], nonce)

    def derived(self, size: int, *parts: str) -> list[bytes]:
        """Return a pseudonym of the parts per secret key, newest first; nobody else can make it."""
        joined = "\0".join(parts).encode()
        return [
            hashlib.blake2b(joined, key=key, digest_size=size).digest() for key in self._deriving
        ]

    def unsign(self, text: str) -> bytes:
        """Return the payload. Raises TokenInvalid for anything we did not write exactly so."""
        if len(text) > MAX_TEXT_LENGTH or not text.isascii():
            raise TokenInvalid
        encoded, _, signature = text.encode("ascii").rpartition(_SEPARATOR)
        # Compared as text: base64 ignores trailing bits, so bytes could be spelt otherwise.
        if not any(
            hmac.compare_digest(_signature(key, encoded), signature) for key in self._signing
        ):
            raise TokenInvalid
        try:
            payload = base64_decode(encoded)
        except BadData:
            raise TokenInvalid from None
        if base64_encode(payload) != encoded:
            raise TokenInvalid
        return payload


def _signature(key: bytes, encoded: bytes) -> bytes:
    return base64_encode(hmac.digest(key, encoded, hashlib.sha256)[:SIGNATURE_BYTES])


def _subkey(secret: str, purpose: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose, hashlib.sha256)


def _masked(text: bytes, key: bytes, nonce: bytes) -> bytes:
    if not text:
        return b""
    stream = hashlib.blake2b(nonce, key=key, digest_size=len(text)).digest()
    return (int.from_bytes(text) ^ int.from_bytes(stream)).to_bytes(len(text))
