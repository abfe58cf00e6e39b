"""Passwords of staff: argon2id, and the same time for a name that does not exist."""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

# Of the choices of the OWASP Password Storage Cheat Sheet, which hold equally, the one with the
# least memory: 32 threads that log somebody in at once take 600 MB, not 2 GB.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of a password nobody has.
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return _HASHER.hash(_bytes(password))


def fits(encoded: str | None, password: str) -> bool:
    """Tell whether a password is the right one; takes as long when there is none."""
    try:
        _HASHER.verify(encoded or _NOBODYS, _bytes(password))
    except VerificationError:
        return False
    return encoded is not None


def is_outdated(encoded: str) -> bool:
    """Tell whether it was hashed with other parameters than today's."""
    return _HASHER.check_needs_rehash(encoded)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
