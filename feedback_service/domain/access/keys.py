"""API keys: how they look, how a typo is noticed without a query, what is kept of them."""

import hashlib
import secrets
import zlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from feedback_service.domain.errors import InvalidValue, ScopeMissing

KeyKind = Literal["secret", "site"]
KeyState = Literal["active", "verify_only", "retired"]

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH: Final = 30
_CHECK_LENGTH: Final = 6

LIVE_PREFIX: Final = "fbk_live_"
TEST_PREFIX: Final = "fbk_test_"
SITE_PREFIX: Final = "fbp_"
SITE_TEST_PREFIX: Final = "fbp_test_"
WEBHOOK_PREFIX: Final = "whsec_"
# Longest first: "fbp_test_" also starts with "fbp_".
_PREFIXES: Final = (LIVE_PREFIX, TEST_PREFIX, SITE_TEST_PREFIX, SITE_PREFIX)

SCOPES: Final = (
    "tokens:write",
    "surveys:read",
    "surveys:write",
    "responses:read",
    "responses:write",
    "respondents:read",
    "respondents:write",
    "reports:read",
    "cases:read",
    "cases:write",
    "webhooks:read",
    "webhooks:write",
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as stored: who may do what. The key's text itself is never kept."""

    id: int
    project_id: int
    kind: KeyKind
    test: bool
    name: str
    last4: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None

    def require(self, scope: str) -> None:
        """Raise ScopeMissing unless the key carries the scope."""
        if scope not in self.scopes:
            raise ScopeMissing(scope)


def new_key(kind: KeyKind, *, test: bool = False) -> str:
    """Return a fresh key: prefix, 30 random base62 digits (178 bits), 6 digits of checksum."""
    if kind == "secret":
        prefix = TEST_PREFIX if test else LIVE_PREFIX
    else:
        prefix = SITE_TEST_PREFIX if test else SITE_PREFIX
    body = "".join(secrets.choice(_BASE62) for _ in range(_RANDOM_LENGTH))
    return prefix + body + _checksum(prefix + body)


def looks_like_key(text: str) -> bool:
    """Tell whether prefix, length and checksum fit, so that a typo never costs a query."""
    prefix = next((p for p in _PREFIXES if text.startswith(p)), None)
    if prefix is None or len(text) != len(prefix) + _RANDOM_LENGTH + _CHECK_LENGTH:
        return False
    return text[-_CHECK_LENGTH:] == _checksum(text[:-_CHECK_LENGTH])


def key_digest(text: str) -> str:
    """Return what is stored of a key: SHA-256, hex. 178 random bits need no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_scopes(scopes: tuple[str, ...]) -> None:
    """Raise InvalidValue unless every scope exists."""
    for scope in scopes:
        if scope not in SCOPES:
            raise InvalidValue(f"no scope {scope!r}: use {', '.join(SCOPES)}", "/scopes")


def _checksum(text: str) -> str:
    """CRC-32 as six base62 digits, zero padded."""
    value = zlib.crc32(text.encode("utf-8", "surrogatepass"))
    digits = ""
    for _ in range(_CHECK_LENGTH):
        value, rest = divmod(value, 62)
        digits = _BASE62[rest] + digits
    return digits


def new_webhook_secret() -> str:
    """Return a fresh webhook secret: 32 random bytes as Standard Webhooks 1.0.0 writes them."""
    return WEBHOOK_PREFIX + b64encode(secrets.token_bytes(32)).decode("ascii")
