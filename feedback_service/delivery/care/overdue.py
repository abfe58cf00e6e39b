"""Tells of cases that are past their due time, once for each due time."""

from typing import Final

import structlog

from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database
from feedback_service.storage.following_up import cases, lateness

log = structlog.get_logger()

_BATCH: Final = 100


class OverdueTeller:
    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> bool:
        """Tell of cases that became overdue; returns whether there are more.

        Raises StorageUnavailable.
        """
        with self._database.read() as connection:
            now = clock.read(connection).at
            if not cases.newly_overdue(connection, now, 1):
                return False
        with self._database.write() as connection:
            late = lateness.tell(connection, now, _BATCH)
        for case in late:
            log.warning("case overdue", case_id=case.id, response_id=case.response_id)
        return len(late) == _BATCH
