"""What time it is for due times and leases: the database's, where several machines share it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import Connection, func, select


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at the clock; it goes on from there without asking again.

    at: what it showed. ticks: the monotonic clock at that moment.
    """

    at: datetime
    ticks: float

    def now(self) -> datetime:
        """Return the time now, good for minutes after the look."""
        return self.at + timedelta(seconds=monotonic() - self.ticks)


def read(connection: Connection) -> Reading:
    """Look at PostgreSQL's clock, since its clients' clocks differ; SQLite has this machine's."""
    if connection.dialect.name == "sqlite":
        return Reading(datetime.now(UTC), monotonic())
    at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return Reading(at.astimezone(UTC), monotonic())
