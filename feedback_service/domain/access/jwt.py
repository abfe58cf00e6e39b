"""Customer-minted JWTs: verified here, minted by anybody who holds a signing key."""

import hashlib
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import OctKey, OKPKey

from feedback_service.domain.access.keys import KeyState
from feedback_service.domain.access.tokens import CHANNELS, MAX_LIFETIME
from feedback_service.domain.errors import InvalidValue, TokenExpired, TokenInvalid

Algorithm = Literal["HS256", "EdDSA"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = ("HS256", "EdDSA")

MAX_TEXT_LENGTH: Final = 2048
MAX_TRAITS: Final = 10
MAX_TRAIT_LENGTH: Final = 64
# Clocks of customers' machines run a little ahead of ours.
_LEEWAY: Final = timedelta(seconds=60)
_HEADER_MEMBERS: Final = {"alg", "kid", "typ"}
_PART: Final = re.compile(r"[A-Za-z0-9_-]+")
_KID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JTI: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A project's key for the JWTs its own back end mints.

    material: the shared secret's text for HS256, the public key's PEM for EdDSA.
    """

    kid: str
    project_id: int
    algorithm: Algorithm
    material: str
    state: KeyState
    test: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified JWT says. survey is None in an identity JWT that names none."""

    kid: str
    project_id: int
    respondent: str
    survey: str | None
    token_id: str
    issued_at: datetime
    expires_at: datetime
    touchpoint: str | None
    campaign: str | None
    channel: str | None
    traits: Mapping[str, str]
    test: bool


def new_signing_secret() -> tuple[str, str]:
    """Return (kid, secret) for HS256; the HMAC key is the secret's text as UTF-8 (256 bits)."""
    return "sk_" + secrets.token_hex(8), secrets.token_urlsafe(32)


def new_kid() -> str:
    return "pk_" + secrets.token_hex(8)


def check_public_key(pem: str) -> None:
    """Raise InvalidValue unless the text is an Ed25519 public key in PEM."""
    try:
        key = OKPKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        key = None
    if key is None or key.is_private or key.as_dict().get("crv") != "Ed25519":
        raise InvalidValue(
            "give an Ed25519 public key in PEM (openssl pkey -in private.pem -pubout)",
            "/public_key",
        )


def looks_like_jwt(text: str) -> bool:
    """A JWT has two dots, our compact tokens one."""
    return text.count(".") == 2


def verify(text: str, key_of: Callable[[str], SigningKey | None], now: datetime) -> Claims:
    """Return the claims of a JWT.

    The algorithm is the stored key's; the header must merely agree.
    Raises TokenInvalid (whatever is wrong with it) and TokenExpired.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise TokenInvalid
    parts = text.split(".")
    if len(parts) != 3:
        raise TokenInvalid
    header = _json_object(parts[0])
    kid = header.get("kid")
    if not header.keys() <= _HEADER_MEMBERS or not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise TokenInvalid
    _bytes_of(parts[2])
    key = key_of(kid)
    if key is None or key.state == "retired" or header.get("alg") != key.algorithm:
        raise TokenInvalid
    try:
        jws.deserialize_compact(text, _jose_key(key), registry=_Only([key.algorithm]))
    except (JoseError, ValueError):
        raise TokenInvalid from None
    return _claims(_json_object(parts[1]), key, now)


class _Only(jws.JWSRegistry):
    """Lets the named algorithms through, silently.

    joserfc warns of the name EdDSA, which RFC 9864 replaced; customers' libraries still write it,
    and under ``-W error`` the warning would refuse them.
    """

    def __init__(self, algorithms: list[Algorithm]) -> None:
        super().__init__(algorithms=algorithms)

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


def _jose_key(key: SigningKey) -> OctKey | OKPKey:
    if key.algorithm == "HS256":
        return OctKey.import_key(key.material)
    return OKPKey.import_key(key.material)


def _claims(claims: Mapping[str, object], key: SigningKey, now: datetime) -> Claims:
    respondent = _text(claims, "sub", 200)
    survey = _text(claims, "srv", 64)
    expires_at = _instant(claims, "exp")
    issued_at = _instant(claims, "iat")
    if respondent is None or expires_at is None or expires_at > now + MAX_LIFETIME + _LEEWAY:
        raise TokenInvalid
    for early in (issued_at, _instant(claims, "nbf")):
        if early is not None and early > now + _LEEWAY:
            raise TokenInvalid
    jti = _text(claims, "jti", 64)
    if jti is not None and not _JTI.fullmatch(jti):
        raise TokenInvalid
    channel = _text(claims, "ch", 16)
    test = claims.get("tst", False)
    if (channel is not None and channel not in CHANNELS) or not isinstance(test, bool):
        raise TokenInvalid
    if now >= expires_at:
        raise TokenExpired
    return Claims(
        kid=key.kid,
        project_id=key.project_id,
        respondent=respondent,
        survey=survey,
        token_id="jwt:" + (jti or default_jti(survey or "", respondent)),
        issued_at=issued_at or now,
        expires_at=expires_at,
        touchpoint=_text(claims, "tp", 64),
        campaign=_text(claims, "cmp", 100),
        channel=channel,
        traits=_traits(claims.get("tr", {})),
        test=test or key.test,
    )


def default_jti(survey: str, respondent: str) -> str:
    """Return the id of a JWT without ``jti``: one response per person and survey."""
    digest = hashlib.sha256(f"{survey}|{respondent}".encode()).digest()
    return urlsafe_b64encode(digest).decode("ascii")[:16]


def _bytes_of(part: str) -> bytes:
    """Decode base64url in its one canonical spelling."""
    if not _PART.fullmatch(part):
        raise TokenInvalid
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise TokenInvalid from None
    if urlsafe_b64encode(decoded).rstrip(b"=").decode("ascii") != part:
        raise TokenInvalid
    return decoded


def _json_object(part: str) -> dict[str, object]:
    try:
        parsed = json.loads(
            _bytes_of(part), object_pairs_hook=_no_duplicates, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        raise TokenInvalid from None
    if not isinstance(parsed, dict):
        raise TokenInvalid
    return parsed


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TokenInvalid
    return members


def _refuse(_constant: str) -> object:
    raise TokenInvalid


def _text(claims: Mapping[str, object], name: str, longest: int) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise TokenInvalid
    return value


def _instant(claims: Mapping[str, object], name: str) -> datetime | None:
    """A NumericDate; booleans and fractions of a second beyond a float's reach are refused."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenInvalid
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise TokenInvalid from None


def _traits(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_TRAITS:
        raise TokenInvalid
    traits: dict[str, str] = {}
    for name, given in value.items():
        trait = json.dumps(given) if isinstance(given, bool | int | float) else given
        if not isinstance(trait, str) or not 0 < len(name) <= MAX_TRAIT_LENGTH:
            raise TokenInvalid
        if len(trait) > MAX_TRAIT_LENGTH or not (name + trait).isprintable():
            raise TokenInvalid
        traits[name] = trait
    return traits
