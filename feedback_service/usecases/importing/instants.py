"""Reads times as other systems write them."""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH: Final = re.compile(r"\d{9,10}")
_EPOCH_MS: Final = re.compile(r"\d{12,13}")
_NAMED_UTC: Final = re.compile(r"\s*(UTC|GMT|Z)$")
_SPACED_OFFSET: Final = re.compile(r"\s+([+-]\d{2}:?\d{2})$")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


def instant_of(text: str, zone: ZoneInfo, form: str | None = None) -> datetime:
    """Return the instant a text means. zone: of texts that name none. form: as for strptime.

    Raises ValueError, with a sentence that says what is wrong.
    """
    text = text.strip()
    if form is not None:
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007  # the zone follows below
        except ValueError:
            raise ValueError(f"{text!r} is not written as {form}") from None
    elif _EPOCH.fullmatch(text):
        at = datetime.fromtimestamp(int(text), UTC)
    elif _EPOCH_MS.fullmatch(text):
        at = datetime.fromtimestamp(int(text) / 1000, UTC)
    else:
        plain = _SPACED_OFFSET.sub(r"\1", _NAMED_UTC.sub("+00:00", text))
        try:
            at = datetime.fromisoformat(plain)
        except ValueError:
            raise ValueError(
                f"{text!r} is no time such as 2026-11-24 09:30:00: say how it is written with "
                "--date-format"
            ) from None
    try:
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is no time we know") from None
    if at < _EARLIEST:
        raise ValueError(f"{text!r} is before 1990")
    return at
