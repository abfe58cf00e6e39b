"""Saves answers: many at once, each with its deliveries, in one durable transaction.

Everything that can be decided beforehand is: a save arrives with the row its token's first answer
makes. Only when the token has a response already is the change decided inside the transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.responses import Response
from feedback_service.storage import responses
from feedback_service.storage.catalog import version_query
from feedback_service.storage.dispatch import outbox
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.engine.statements import Dialects, Row
from feedback_service.storage.errors import StaleCatalog

# On PostgreSQL a few transactions may sync at once; more only fight for the processor.
POSTGRES_LEADERS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A response as it now stands, and the deliveries that go with it."""

    response: Response
    deliveries: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Save:
    """An answer ready to be written.

    first: what to write when the token has no response yet.
    change: decides what becomes of the response it has; may raise FeedbackError.
    catalog_version: what `first` was decided by.
    """

    first: Outcome
    change: Callable[[Response], Outcome]
    catalog_version: int


@dataclass(frozen=True, slots=True)
class Saved:
    """created: whether this was the token's first answer."""

    response: Response
    created: bool


class Saves:
    """Writes answers for one process; see group_commit.py."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialects = Dialects(database.is_sqlite)
        self._insert = responses.ready_insert(self._dialects)
        self._queue_delivery = outbox.ready_upsert(self._dialects)
        self._version = self._dialects.compiled(version_query(), ())
        self._group: GroupCommit[_Ready, Saved] = GroupCommit(
            self._write, leaders=1 if database.is_sqlite else POSTGRES_LEADERS
        )

    def save(self, save: Save) -> Saved:
        """Write an answer and its deliveries, both or neither; they are on disk on return.

        Raises StaleCatalog (prepare it again), StorageUnavailable, and what `change` raises.
        """
        row = responses.ready_row(self._dialects, save.first.response)
        queued = self._delivery_rows(save.first.deliveries)
        return self._group.submit(_Ready(save, row, queued))

    def _write(self, batch: Sequence["_Ready"]) -> list[Saved | BaseException]:
        # One order for all, so that two leaders on PostgreSQL never wait for each other.
        order = sorted(range(len(batch)), key=lambda i: batch[i].save.first.response.token_id)
        results: dict[int, Saved | BaseException] = {}
        queued: list[Row] = []
        with self._database.write() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            (version,) = driver.cursor().execute(self._version).fetchone()
            fresh = [i for i in order if batch[i].save.catalog_version == version]
            rows = [batch[i].row for i in fresh]
            inserted = self._dialects.insert_each(driver, self._insert, rows) if rows else []
            for i, is_new in zip(fresh, inserted, strict=True):
                if is_new:
                    results[i] = Saved(batch[i].save.first.response, created=True)
                    queued.extend(batch[i].queued)
                    continue
                try:
                    outcome = _change(connection, batch[i].save)
                except FeedbackError as error:
                    results[i] = error
                    continue
                results[i] = Saved(outcome.response, created=False)
                queued.extend(self._delivery_rows(outcome.deliveries))
            if queued:
                driver.cursor().executemany(self._queue_delivery, queued)
        stale = StaleCatalog()
        return [results.get(i, stale) for i in range(len(batch))]

    def _delivery_rows(self, deliveries: Sequence[Delivery]) -> list[Row]:
        return [outbox.ready_row(self._dialects, delivery) for delivery in deliveries]


@dataclass(frozen=True, slots=True)
class _Ready:
    save: Save
    row: Row
    queued: list[Row]


def _change(connection: Connection, save: Save) -> Outcome:
    first = save.first.response
    before = responses.of_token(connection, first.project_id, first.token_id, locked=True)
    assert before is not None, "the insert met a row of this token, and rows are not deleted here"
    outcome = save.change(before)
    if outcome.response is not before:
        responses.save(connection, outcome.response)
    return outcome
