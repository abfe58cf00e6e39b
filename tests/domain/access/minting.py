"""Customer-minted JWTs, right and wrong ones, made without any library."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from feedback_service.domain.access.jwt import Claims, SigningKey, verify
from feedback_service.domain.errors import TokenInvalid
from tests.factories import NOW, json_part

NOW_S = int(NOW.timestamp())
PRIVATE = Ed25519PrivateKey.generate()
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

SHARED = SigningKey("sk_1", 1, "HS256", "a-secret-of-at-least-32-characters", "active", False, NOW)
PUBLIC = SigningKey("pk_1", 1, "EdDSA", PEM, "active", False, NOW)
KEYS = {key.kid: key for key in (SHARED, PUBLIC)}
CLAIMS: dict[str, Any] = {"sub": "cust_1", "srv": "nps", "exp": NOW_S + 3600}
HEADER: dict[str, Any] = {"alg": "HS256", "kid": "sk_1"}

REFUSAL = "this token was not issued by us, or was changed on the way"


def read(text: str) -> Claims:
    return verify(text, KEYS.get, NOW)


def hmac_signed(header: object, claims: object, secret: str = SHARED.material) -> str:
    """Sign whatever is given; a str stands for itself, valid JSON or not."""
    signed = f"{json_part(header)}.{json_part(claims)}"
    return f"{signed}.{b64(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def eddsa_signed(header: object, claims: object) -> str:
    signed = f"{json_part(header)}.{json_part(claims)}"
    return f"{signed}.{b64(PRIVATE.sign(signed.encode()))}"


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_claims(**claims: object) -> str:
    return hmac_signed(HEADER, {**CLAIMS, **claims})


def refuses(text: str) -> None:
    with pytest.raises(TokenInvalid) as refused:
        read(text)
    assert str(refused.value) == REFUSAL
    assert refused.value.field == "/token"
