"""Signs of life of the dispatchers, for ``/readyz`` and ``doctor``."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage.tables.outbox import heartbeats

# Every start of a dispatcher may bring a new name.
_FORGOTTEN_AFTER: Final = timedelta(days=1)


def beat(connection: Connection, name: str, now: datetime) -> None:
    """Say that this dispatcher is alive, and forget those silent for a day."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = build(heartbeats).values(name=name, at=now)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"at": statement.excluded.at})
    )
    connection.execute(delete(heartbeats).where(heartbeats.c.at < now - _FORGOTTEN_AFTER))


def latest(connection: Connection) -> datetime | None:
    """Return when any dispatcher was last alive, None when none ever was."""
    at: datetime | None = connection.execute(select(func.max(heartbeats.c.at))).scalar_one()
    return at
