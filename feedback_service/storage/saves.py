"""Saves answers: many at once, each with its deliveries, in one durable transaction.

Everything that can be decided beforehand is: a save arrives with the row its token's first answer
makes. Only when the token has a response already is the change decided inside a transaction; these
have a transaction of their own, so that first answers stay a handful of statements.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.responses import Response
from feedback_service.storage import responses
from feedback_service.storage.catalog import version_query
from feedback_service.storage.dispatch import outbox
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.engine.statements import Dialects, ManyRows, Row
from feedback_service.storage.errors import StaleCatalog


@dataclass(frozen=True, slots=True)
class Outcome:
    """A response as it now stands, and the deliveries that go with it."""

    response: Response
    deliveries: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Save:
    """An answer ready to be written.

    first: what to write when the token has no response yet, under an id never used before.
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
        self._insert = ManyRows(responses.ready_insert(self._dialects))
        self._queue = ManyRows(outbox.ready_upsert(self._dialects))
        self._present = responses.ready_presence(self._dialects)
        self._version = self._dialects.compiled(version_query(), ())
        # One leader each, on PostgreSQL too: with three at once, batches were a third as long and
        # each answer cost half as much processor time again.
        self._firsts = GroupCommit(self._write_firsts)
        self._changes = GroupCommit(self._write_changes)

    def save(self, save: Save) -> Saved:
        """Write an answer and its deliveries, both or neither; they are on disk on return.

        Raises StaleCatalog (prepare it again), StorageUnavailable, and what `change` raises.
        """
        ready = _Ready(
            save,
            responses.ready_row(self._dialects, save.first.response),
            [outbox.ready_row(self._dialects, delivery) for delivery in save.first.deliveries],
        )
        return self._firsts.submit(ready) or self._changes.submit(save)

    def _write_firsts(self, batch: Sequence["_Ready"]) -> list[Saved | BaseException | None]:
        """Insert what is the first answer of its token; None where the token has a response."""
        # One order for all, so that two processes on PostgreSQL never wait for each other.
        ordered = sorted(batch, key=lambda ready: ready.save.first.response.token_id)
        with self._database.write_bare(self._version) as (cursor, (version,)):
            fresh = [ready for ready in ordered if ready.save.catalog_version == version]
            if fresh:
                self._insert.execute(cursor, [ready.row for ready in fresh])
            new = fresh if cursor.rowcount == len(fresh) else self._inserted(cursor, fresh)
            queued = [row for ready in new for row in ready.queued]
            if queued:
                self._queue.execute(cursor, sorted(queued, key=outbox.ROW_ORDER))
        created = {id(ready) for ready in new}
        return [
            Saved(ready.save.first.response, created=True)
            if id(ready) in created
            else None
            if ready.save.catalog_version == version
            else StaleCatalog()
            for ready in batch
        ]

    def _inserted(self, cursor: Any, fresh: Sequence["_Ready"]) -> list["_Ready"]:
        """Look which of these went in; for the rare batch in which not all did."""
        new = []
        for ready in fresh:
            cursor.execute(self._present, (ready.save.first.response.id,))
            if cursor.fetchone() is not None:
                new.append(ready)
        return new

    def _write_changes(self, batch: Sequence[Save]) -> list[Saved | BaseException]:
        """Decide and write what becomes of responses that are there already."""
        order = sorted(range(len(batch)), key=lambda i: batch[i].first.response.token_id)
        results: dict[int, Saved | BaseException] = {}
        queued: list[Row] = []
        with self._database.write() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            version = connection.execute(version_query()).scalar_one()
            for i in order:
                if batch[i].catalog_version != version:
                    results[i] = StaleCatalog()
                    continue
                try:
                    outcome = _change(connection, batch[i])
                except FeedbackError as error:
                    results[i] = error
                    continue
                results[i] = Saved(outcome.response, created=False)
                queued += [outbox.ready_row(self._dialects, one) for one in outcome.deliveries]
            # One by one: two changes of one response may queue the same delivery.
            for row in sorted(queued, key=outbox.ROW_ORDER):
                self._queue.execute(self._database.bare_cursor(driver), [row])
        return [results[i] for i in range(len(batch))]


@dataclass(frozen=True, slots=True)
class _Ready:
    save: Save
    row: Row
    queued: list[Row]


def _change(connection: Connection, save: Save) -> Outcome:
    first = save.first.response
    before = responses.of_token(connection, first.project_id, first.token_id, locked=True)
    if before is None:
        # Erased since the insert met it: the answer comes again as a first one.
        raise StaleCatalog
    outcome = save.change(before)
    if outcome.response is not before:
        responses.save(connection, outcome.response)
    return outcome
