"""Empties deliveries that their project need not keep any longer."""

from typing import Final

import structlog

from feedback_service.storage.dispatch import retention
from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database

log = structlog.get_logger()

# Short enough that answers do not wait for it.
_BATCH: Final = 200


class Pruner:
    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> bool:
        """Empty some old deliveries; returns whether there are more. Raises StorageUnavailable."""
        with self._database.write() as connection:
            emptied = retention.prune(connection, clock.read(connection).at, _BATCH)
        if emptied:
            log.info("old deliveries emptied", deliveries=emptied)
        return emptied == _BATCH
