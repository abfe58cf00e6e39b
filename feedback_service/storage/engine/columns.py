"""Column types that mean the same on both engines."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# jsonb on PostgreSQL, so that traits can be asked for; text on SQLite, where json_extract does it.
Json: Final[JSON] = JSON().with_variant(JSONB(), "postgresql")

# SQLite numbers rows only in a column declared INTEGER.
RowNumber: Final = BigInteger().with_variant(Integer(), "sqlite")


_WITHOUT_ZONE: Final = len("2026-11-24 09:30:00.123456")


def sqlite_instant(value: datetime | None) -> Any:
    """Return an instant as SQLAlchemy stores it in SQLite, for statements that bypass it."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]
