"""Encrypts what must be kept readable but not lie about in clear: webhook and signing secrets."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class VaultClosed(Exception):
    """None of the secret keys opens it: FEEDBACK_SECRET_KEY lost a key that is still needed."""

    def __init__(self) -> None:
        super().__init__(
            "a stored secret cannot be decrypted: put the former key back into "
            "FEEDBACK_SECRET_KEY, after the new one and a comma"
        )


class Vault:
    """secret_keys: newest first. The first encrypts, all of them decrypt."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in secret_keys])

    def lock(self, value: Any) -> bytes:
        """Encrypt a JSON-able value."""
        return self._fernet.encrypt(json.dumps(value, separators=(",", ":")).encode())

    def unlock(self, sealed: bytes) -> Any:
        """Return the value. Raises VaultClosed."""
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise VaultClosed from None


def _derived(secret_key: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"feedback.vault.v1")
    return base64.urlsafe_b64encode(kdf.derive(secret_key.encode()))
