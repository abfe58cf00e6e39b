"""People who read the dashboard: what their role lets them do, how long a session lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.measures.scales import Audience

Role = Literal["agent", "analyst", "admin"]
# Each may do what the one before may, and more.
ROLES: Final[tuple[Role, ...]] = ("agent", "analyst", "admin")

# A working day with its breaks; whoever comes back next week logs in again.
SESSION_IDLE: Final = timedelta(hours=8)
SESSION_LONGEST: Final = timedelta(days=7)
LINK_LIFETIME: Final = timedelta(hours=24)

# Nobody mistypes so often; a guesser has some 1,000 tries a day, against 12 characters.
TRIES: Final = 10
TRIES_WITHIN: Final = timedelta(minutes=15)

# NIST SP 800-63B-4 asks for length and for nothing else; long ones cost us hashing.
MIN_PASSWORD_LENGTH: Final = 12
MAX_PASSWORD_LENGTH: Final = 200
MAX_NAME_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who may log in.

    name: what they log in with, unique whatever its case. project_id: the only project they see,
    None for all. has_password: False for who comes by one-time links only.
    """

    id: int
    name: str
    role: Role
    project_id: int | None
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None = None

    def may(self, role: Role) -> bool:
        """Tell whether they may do what this role may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, project_id: int) -> bool:
        return self.project_id in {None, project_id}

    def sees_answers_of(self, audience: Audience) -> bool:
        """Tell whether they see single answers; of employees and partners admins alone do.

        Others see what enough of them said (measures/protection.py): a list of single answers,
        names or none, would tell all that figures hide.
        """
        return audience not in PROTECTED or self.may("admin")


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A browser that is logged in. digest: what is stored of its id."""

    digest: str
    staff: Staff
    created_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime) -> bool:
        if self.staff.disabled_at is not None:
            return False
        return now < self.seen_at + SESSION_IDLE and now < self.created_at + SESSION_LONGEST


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of the audit log. actor: the name at that time. project_id: None for none."""

    at: datetime
    actor: str
    action: str
    subject: str | None = None
    project_id: int | None = None


def check_role(role: str) -> Role:
    """Return the role. Raises InvalidValue."""
    for known in ROLES:
        if role == known:
            return known
    raise InvalidValue(f"no role {role!r}: use {', '.join(ROLES)}", "/role")


def checked_name(name: str) -> str:
    """Return a name without blanks at its ends. Raises InvalidValue."""
    name = name.strip()
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidValue(f"a name has 1 to {MAX_NAME_LENGTH} characters", "/name")
    return name


def check_password(password: str, name: str) -> None:
    """Raise InvalidValue for a password that is too short, too long or the name itself."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InvalidValue(
            f"a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters; "
            "a few words you remember do well",
            "/password",
        )
    if len(set(password)) < 5 or name.casefold() == password.casefold():
        raise InvalidValue("this password is guessed at once: take another", "/password")


def account_of(name: str) -> str:
    """Return the form of a name in which it is unique and looked up."""
    return name.strip().casefold()
