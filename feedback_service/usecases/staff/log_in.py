"""Log staff in and out: by password or by a one-time link, throttled, written down."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feedback_service.domain.staff import (
    MAX_PASSWORD_LENGTH,
    TRIES,
    Deed,
    Staff,
    StaffSession,
    account_of,
)
from feedback_service.storage.staff import deeds, people, sessions
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff import passwords

# Pages of one person within a minute need not each be written down.
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Login:
    """What became of a try. session: the new session's id, None when it was refused."""

    session: str | None
    throttled: bool = False


def log_in(service: Service, name: str, password: str, now: datetime) -> Login:
    """Log somebody in by name and password.

    A name that does not exist is refused and throttled as any other, and takes as long.
    """
    account = digest_of(account_of(name))
    with service.database.write() as connection:
        tries = sessions.add_try(connection, account, now)
    if tries > TRIES:
        return Login(None, throttled=True)
    with service.database.read() as connection:
        found = people.named(connection, name)
    encoded = found[1] if found else None
    fits = passwords.fits(encoded, password[:MAX_PASSWORD_LENGTH])
    if found is None or encoded is None or not fits or found[0].disabled_at is not None:
        if found is not None:
            _note(service, found[0], "login failed", now)
        return Login(None)
    with service.database.write() as connection:
        sessions.forget_tries(connection, account)
        if passwords.is_outdated(encoded):
            people.change(connection, found[0].id, password=passwords.hashed(password))
        session_id = new_secret()
        sessions.begin(connection, digest_of(session_id), found[0], "logged in", now)
    return Login(session_id)


def owner_of_link(service: Service, link: str, now: datetime) -> Staff | None:
    """Return whom a one-time link would let in, without using it up."""
    with service.database.read() as connection:
        staff_id = sessions.link_owner(connection, digest_of(link), now)
        found = None if staff_id is None else people.numbered(connection, staff_id)
    return found if found is not None and found.disabled_at is None else None


def log_in_by_link(service: Service, link: str, now: datetime) -> Login:
    """Log the owner of a one-time link in and use it up."""
    with service.database.write() as connection:
        staff_id = sessions.take_link(connection, digest_of(link), now)
        found = None if staff_id is None else people.numbered(connection, staff_id)
        if found is None or found.disabled_at is not None:
            return Login(None)
        session_id = new_secret()
        sessions.begin(connection, digest_of(session_id), found, "logged in by link", now)
    return Login(session_id)


def session_of(
    service: Service, session_id: str, now: datetime, *, by_hand: bool = True
) -> StaffSession | None:
    """Return a living session. by_hand: False for a page that asks by itself, which keeps no
    session alive."""
    with service.database.read() as connection:
        found = sessions.find(connection, digest_of(session_id))
    if found is None or not found.is_alive(now):
        return None
    if by_hand and now - found.seen_at > _SEEN_EVERY:
        with service.database.write() as connection:
            sessions.touch(connection, found.digest, now)
    return found


def log_out(service: Service, session: StaffSession, now: datetime) -> None:
    """End one session, on the server too."""
    with service.database.write() as connection:
        sessions.end(connection, session.digest)
        deeds.add(connection, Deed(now, session.staff.name, "logged out"))


def new_secret() -> str:
    """Return a fresh session id, or what stands in a link."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is stored of a session id or of a link: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _note(service: Service, staff: Staff, action: str, now: datetime) -> None:
    with service.database.write() as connection:
        deeds.add(connection, Deed(now, staff.name, action))
