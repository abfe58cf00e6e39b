"""Opens a case for every low answer that has settled, whether or not a webhook hears of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from feedback_service.storage.engine import clock
from feedback_service.storage.engine.database import Database
from feedback_service.storage.following_up import candidates
from feedback_service.storage.following_up.candidates import Candidate
from feedback_service.storage.following_up.opening import Opening

log = structlog.get_logger()

# An answer is committed a little after the time it carries, by a web machine whose clock may be a
# little behind: what changed this recently is looked at again.
_OVERLAP: Final = timedelta(seconds=120)
# What a restart looks at twice; remembering costs a commit.
_REMEMBER_AFTER: Final = timedelta(seconds=60)
_BATCH: Final = 200


class CaseOpener:
    """For one thread of one dispatcher; several dispatchers open each case once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._opening = Opening()
        self._from: datetime | None = None
        self._remembered: datetime | None = None

    def run(self) -> bool:
        """Find low answers, open the cases that are due; returns whether there is more.

        Where nobody answers low it only reads. Raises StorageUnavailable.
        """
        with self._database.read() as connection:
            now = clock.read(connection).at
            if self._from is None:
                self._from = self._remembered = candidates.position(connection)
            low = candidates.low_answers(connection, self._from, _BATCH)
            settling = self._opening.candidates(connection, low)
            some_due = candidates.are_due(connection, now)
        is_full = len(low) == _BATCH
        self._from = low[-1].updated_at if is_full else max(self._from, now - _OVERLAP)
        due = 0
        if settling or some_due or self._is_worth_remembering(self._from):
            due = self._write(settling, now, self._from)
        return is_full or due == _BATCH

    def _is_worth_remembering(self, reached: datetime) -> bool:
        return self._remembered is None or reached - self._remembered >= _REMEMBER_AFTER

    def _write(self, settling: Sequence[Candidate], now: datetime, reached: datetime) -> int:
        """Keep what settles, open what is due; returns how many were due."""
        with self._database.write() as connection:
            candidates.keep(connection, settling)
            due, opened = self._opening.open_due(connection, now, _BATCH)
            candidates.move_on(connection, reached)
        self._remembered = reached
        if opened:
            log.info("cases opened", cases=len(opened))
        return due
