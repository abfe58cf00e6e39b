"""Takes names and words out of answers that their project need not keep any longer."""

from typing import Final

import structlog

from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database
from feedback_service.storage.forgetting.retention import forget_old_answers

log = structlog.get_logger()

# Short enough that answers do not wait for it; many lie at one instant only when imported so.
_BATCH: Final = 500


class AnswerPruner:
    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> bool:
        """Empty some old answers; returns whether there are more. Raises StorageUnavailable."""
        with self._database.write() as connection:
            emptied, more = forget_old_answers(connection, clock.read(connection).at, _BATCH)
        if emptied:
            log.info("old answers emptied", responses=emptied)
        return more
