"""Identifiers: sortable by time, unguessable, and named after what they identify."""

import secrets
from datetime import datetime
from typing import Final

# Crockford base 32: no I, L, O or U, so nobody misreads one aloud.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = [high + low for high in _ALPHABET for low in _ALPHABET]
_SHIFTS: Final = range(120, -1, -10)


def new_id(prefix: str, now: datetime) -> str:
    """Return ``prefix_`` and 26 characters: 48 bits of milliseconds, then 80 random bits (ULID).

    Ids of one prefix sort by the time they were made, to the millisecond.
    """
    value = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return prefix + "_" + "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])
