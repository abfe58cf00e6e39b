"""Keep the list of staff: add them, change what they may do, let them in once, shut them out."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.errors import InvalidValue, NameTaken, NotFound
from feedback_service.domain.staff import (
    LINK_LIFETIME,
    Deed,
    Staff,
    check_password,
    check_role,
    checked_name,
)
from feedback_service.storage.staff import deeds, people, sessions
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff import passwords
from feedback_service.usecases.staff.log_in import digest_of, new_secret


@dataclass(frozen=True, slots=True)
class StaffWish:
    """Somebody to be added. project_id: the only project they see, None for all.

    password: None for who comes by one-time links only.
    """

    name: str
    role: str
    project_id: int | None = None
    password: str | None = None


def add_staff(service: Service, wish: StaffWish, actor: str, now: datetime) -> Staff:
    """Add somebody. actor: who does it, for the audit log. Raises InvalidValue, NameTaken."""
    name, role = checked_name(wish.name), check_role(wish.role)
    encoded = None
    if wish.password is not None:
        check_password(wish.password, name)
        encoded = passwords.hashed(wish.password)
    with service.database.write() as connection:
        added = people.add(connection, name, role, wish.project_id, encoded, now)
        if added is None:
            raise NameTaken(f"there is a user {name!r} already: choose another name", "/name")
        deeds.add(connection, Deed(now, actor, f"added user as {role}", name, wish.project_id))
    return added


def make_link(service: Service, name: str, actor: str, now: datetime) -> str:
    """Return the secret of a link that lets somebody in once, for a day. Raises NotFound."""
    link = new_secret()
    with service.database.write() as connection:
        person = _known(people.named(connection, name), name)
        if person.disabled_at is not None:
            raise InvalidValue(f"the user {person.name!r} is disabled: enable them first", "/name")
        sessions.add_link(connection, digest_of(link), person.id, now + LINK_LIFETIME)
        deed = Deed(now, actor, "made a login link", person.name, person.project_id)
        deeds.add(connection, deed)
    return link


def set_password(service: Service, name: str, password: str, actor: str, now: datetime) -> None:
    """Give somebody a new password and end their sessions. Raises NotFound, InvalidValue."""
    encoded = passwords.hashed(password)
    with service.database.write() as connection:
        person = _known(people.named(connection, name), name)
        check_password(password, person.name)
        people.change(connection, person.id, password=encoded)
        people.log_out(connection, person.id)
        deeds.add(connection, Deed(now, actor, "set a password", person.name, person.project_id))


def set_role(service: Service, name: str, role: str, actor: str, now: datetime) -> Staff:
    """Change what somebody may do, from their next page on. Raises NotFound, InvalidValue."""
    wanted = check_role(role)
    with service.database.write() as connection:
        person = _known(people.named(connection, name), name)
        people.change(connection, person.id, role=wanted)
        _refuse_without_admin(person, people.admins(connection))
        deed = Deed(now, actor, f"made user {wanted}", person.name, person.project_id)
        deeds.add(connection, deed)
        return _known(people.named(connection, name), name)


def set_disabled(service: Service, name: str, actor: str, now: datetime, *, disabled: bool) -> None:
    """Shut somebody out at once, or let them in again. Raises NotFound, InvalidValue."""
    with service.database.write() as connection:
        person = _known(people.named(connection, name), name)
        people.change(connection, person.id, disabled_at=now if disabled else None)
        if disabled:
            people.log_out(connection, person.id)
        _refuse_without_admin(person, people.admins(connection))
        action = "disabled user" if disabled else "enabled user"
        deeds.add(connection, Deed(now, actor, action, person.name, person.project_id))


def check_current_password(service: Service, person: Staff, password: str) -> None:
    """Raise InvalidValue unless it is the person's password."""
    with service.database.read() as connection:
        found = people.named(connection, person.name)
    if found is None or not passwords.fits(found[1], password):
        raise InvalidValue("this is not your password", "/current")


def write_down(
    service: Service, person: Staff, project_id: int, deed: tuple[str, str | None], now: datetime
) -> None:
    """Write into the audit log what somebody did. deed: the action and what it was done to."""
    action, subject = deed
    with service.database.write() as connection:
        line = Deed(now, person.name, action, subject and subject[:200], project_id)
        deeds.add(connection, line)


def _known(found: tuple[Staff, str | None] | None, name: str) -> Staff:
    if found is None:
        raise NotFound(f"there is no user {name!r}", "/name")
    return found[0]


def _refuse_without_admin(before: Staff, admins: int) -> None:
    """Undo, by ending the transaction, what would leave nobody to look after all projects."""
    was_one = before.role == "admin" and before.project_id is None and before.disabled_at is None
    if was_one and not admins:
        raise InvalidValue("this is the last admin: make somebody else one first", "/role")
