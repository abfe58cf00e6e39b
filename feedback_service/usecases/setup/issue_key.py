"""Issue keys and withdraw them: API keys, and the signing keys of customer-minted JWTs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from feedback_service.domain.access.jwt import (
    SigningKey,
    check_public_key,
    new_kid,
    new_signing_secret,
)
from feedback_service.domain.access.keys import SCOPES, KeyKind, check_scopes, key_digest, new_key
from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.storage import catalog, projects
from feedback_service.usecases.service import Service

MAX_NAME_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key to be made. scopes: of a secret key, every one when empty; a site key has none."""

    kind: KeyKind
    name: str = ""
    test: bool = False
    scopes: tuple[str, ...] = ()


def issue_key(service: Service, project_id: int, wish: KeyWish, now: datetime) -> str:
    """Make an API key and return its text, which is shown this once. Raises InvalidValue."""
    text, stored = minted(wish)
    with service.database.write() as connection:
        projects.add_key(connection, project_id=project_id, now=now, **stored)
        catalog.bump(connection)
    return text


def minted(wish: KeyWish) -> tuple[str, dict[str, Any]]:
    """Return a fresh key: its text, and what `storage.projects.add_key` wants of it.

    Raises InvalidValue.
    """
    if len(wish.name) > MAX_NAME_LENGTH or not wish.name.isprintable():
        raise InvalidValue(f"a key's name has at most {MAX_NAME_LENGTH} characters", "/name")
    if wish.kind == "site" and wish.scopes:
        raise InvalidValue("a site key has no scopes: it only shows surveys", "/scopes")
    check_scopes(wish.scopes)
    scopes = () if wish.kind == "site" else tuple(dict.fromkeys(wish.scopes)) or SCOPES
    text = new_key(wish.kind, test=wish.test)
    return text, {
        "kind": wish.kind,
        "test": wish.test,
        "name": wish.name,
        "text": text,
        "digest": key_digest(text),
        "scopes": scopes,
    }


def issue_signing_key(
    service: Service, project_id: int, public_key: str | None, now: datetime, *, test: bool
) -> SigningKey:
    """Make a shared secret (HS256), or take in an Ed25519 public key in PEM (EdDSA).

    The secret is the key's material; show it this once. test: its tokens never count.
    Raises InvalidValue.
    """
    if public_key is None:
        kid, secret = new_signing_secret()
        key = SigningKey(kid, project_id, "HS256", secret, "active", test, now)
    else:
        check_public_key(public_key)
        key = SigningKey(new_kid(), project_id, "EdDSA", public_key, "active", test, now)
    with service.database.write() as connection:
        projects.add_signing_key(connection, key, service.vault)
        catalog.bump(connection)
    return key


def revoke_key(service: Service, project_id: int, key: str, now: datetime) -> None:
    """Withdraw an API key by its number or a signing key by its kid, at once, for good.

    Raises NotFound when the project has no such key in force.
    """
    with service.database.write() as connection:
        if key.isascii() and key.isdecimal():
            found = projects.revoke_key(connection, project_id, int(key), now)
        else:
            found = projects.set_signing_key_state(connection, project_id, key, "retired")
        if not found:
            raise NotFound(f"this project has no key {key!r} in force", "/key")
        catalog.bump(connection)
