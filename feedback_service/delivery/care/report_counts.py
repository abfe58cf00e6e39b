"""Keeps the counts that reports are made of, so that capture need not."""

from typing import Final

from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database
from feedback_service.storage.reports.sweep import sweep

# Reports are exact without it. Much later, and they would count many rows of a changed day.
COUNT_EVERY_S: Final = 10.0


class ReportCounter:
    """For one thread of one dispatcher; of several, one at a time writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> bool:
        """Count what is old enough or has changed; returns whether there is more.

        Raises StorageUnavailable.
        """
        with self._database.read() as connection:
            now = clock.read(connection).at
        return sweep(self._database, now)
