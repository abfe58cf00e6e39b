"""The clock of the web layer; everything below it is handed the time."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
