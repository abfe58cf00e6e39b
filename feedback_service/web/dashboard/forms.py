"""Reads what forms and queries carry; what does not fit is refused by name."""

from datetime import date
from typing import Final

from flask import request

from feedback_service.domain.errors import InvalidValue

_MAX_LINES: Final = 10_000


def text(name: str, longest: int = 200) -> str:
    """Return one line without blanks at its ends, "" when it is missing. Raises InvalidValue."""
    given = request.values.get(name, "").strip()
    if len(given) > longest:
        raise InvalidValue(f"{name} has at most {longest} characters", f"/{name}")
    if not given.isprintable():
        raise InvalidValue(f"{name} has a character that cannot be shown", f"/{name}")
    return given


def optional(name: str, longest: int = 200) -> str | None:
    return text(name, longest) or None


def prose(name: str) -> str | None:
    """Return several lines, None when there are none. Raises InvalidValue."""
    given = request.form.get(name, "").replace("\r\n", "\n").strip()
    if len(given) > _MAX_LINES:
        raise InvalidValue(f"{name} has at most {_MAX_LINES} characters", f"/{name}")
    if "\0" in given:
        raise InvalidValue(f"{name} has a character that cannot be stored", f"/{name}")
    return given or None


def words(name: str) -> list[str]:
    """Return what stands between commas and line ends."""
    return [one.strip() for one in (prose(name) or "").replace("\n", ",").split(",") if one.strip()]


def number(name: str) -> int:
    """Return a whole number. Raises InvalidValue."""
    given = text(name, 12)
    try:
        return int(given)
    except ValueError:
        raise InvalidValue(f"{name} is a whole number, not {given!r}", f"/{name}") from None


def day(name: str) -> date | None:
    """Return a day, None when none is given. Raises InvalidValue."""
    given = text(name, 10)
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidValue(f"{name} is a day such as 2026-11-24", f"/{name}") from None
