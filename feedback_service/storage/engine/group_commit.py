"""Group commit by leader: one durable transaction for all saves that wait at the same moment.

A commit costs a disk sync, whatever it holds. Each caller queues its item; if nobody leads, it
becomes the leader, writes everything that waits in one transaction, wakes their callers and hands
the lead to the first who queued meanwhile. No background thread, so it survives a fork, and with
one request in flight it is a plain commit.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from feedback_service.storage.engine.room import room_here
from feedback_service.storage.errors import StorageUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Waiting(Generic[Item, Result]):
    """One caller's item and, once written, what came of it."""

    __slots__ = ("done", "error", "following", "gone", "item", "leads", "result", "wake")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.done = False
        self.leads = False
        self.gone = False
        self.following: _Waiting[Item, Result] | None = None
        self.result: Result | None = None
        self.error: BaseException | None = None
        # A bare lock, acquired: releasing it wakes the caller. Half the cost of an Event.
        self.wake = threading.Lock()
        self.wake.acquire()


class GroupCommit(Generic[Item, Result]):
    """Collects items of concurrent callers and writes them together.

    write: writes items in one transaction and returns one result per item, in order; a result
    that is an exception is raised to its own caller. When `write` itself raises, every item is
    written again alone, so that none can take its neighbours down (unless the database is away).
    leaders: how many transactions may run at once; 1 for SQLite.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result | BaseException]],
        leaders: int = 1,
        largest_batch: int = 64,
    ) -> None:
        self._write = write
        self._leaders = leaders
        self._largest_batch = largest_batch
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting[Item, Result]] = deque()
        self._leading = 0

    def submit(self, item: Item) -> Result:
        """Write one item and return its result once it is committed. Raises what writing raised."""
        mine: _Waiting[Item, Result] = _Waiting(item)
        room = room_here()
        if room is None:
            self._queue_up(mine)
        else:
            room.wait(self._write_batch, mine)
        if mine.error is not None:
            raise mine.error
        return mine.result  # type: ignore[return-value]  # done without an error has a result

    def _queue_up(self, mine: _Waiting[Item, Result]) -> None:
        """Return when the item is written, by this thread or by another."""
        with self._mutex:
            leads = self._leading < self._leaders
            if leads:
                self._leading += 1
            else:
                self._queue.append(mine)
        if not leads:
            self._wait(mine)
        if not mine.done:
            self._lead(mine)

    def _wait(self, mine: _Waiting[Item, Result]) -> None:
        """Return when a leader has written the item, or taken it off the queue to lead."""
        try:
            mine.wake.acquire()
        except BaseException:
            # A signal ends this caller: the lead must not go to, or stay with, somebody gone, and
            # who would be woken by it must be woken all the same.
            with self._mutex:
                mine.gone = True
                if mine in self._queue:
                    self._queue.remove(mine)
            if mine.following is not None:
                mine.following.wake.release()
            if mine.leads:
                self._pass_on()
            raise
        if mine.following is not None:
            mine.following.wake.release()

    def _lead(self, mine: _Waiting[Item, Result]) -> None:
        """Write the own item and all that wait with it, wake their callers, pass the lead on."""
        with self._mutex:
            size = min(len(self._queue), self._largest_batch - 1)
            batch = [mine, *(self._queue.popleft() for _ in range(size))]
        try:
            self._write_batch(batch)
        finally:
            # Also when this thread is being ended: nobody may wait for ever.
            self._pass_on()
            for waiting in batch:
                if not waiting.done:
                    waiting.error = StorageUnavailable("the save was interrupted")
                    waiting.done = True
            self._wake(batch[1:])

    def _wake(self, written: Sequence[_Waiting[Item, Result]]) -> None:
        """Wake the first; each wakes the next when it runs.

        All at once they would fight for the interpreter's lock: that tripled the switches between
        threads and halved the answers per second.
        """
        with self._mutex:
            here = [waiting for waiting in written if not waiting.gone]
            for waiting, following in pairwise(here):
                waiting.following = following
        if here:
            here[0].wake.release()

    def _pass_on(self) -> None:
        with self._mutex:
            heir = self._queue.popleft() if self._queue else None
            if heir is None:
                self._leading -= 1
            else:
                heir.leads = True
        if heir is not None:
            heir.wake.release()

    def _write_batch(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        try:
            results = self._write([waiting.item for waiting in batch])
        except Exception as error:  # noqa: BLE001  # passed on to the callers
            # One bad item must not fail the others; a database that is away fails them all.
            if len(batch) > 1 and not isinstance(error, StorageUnavailable):
                for waiting in batch:
                    self._write_batch([waiting])
                return
            results = [error] * len(batch)
        for waiting, result in zip(batch, results, strict=True):
            if isinstance(result, BaseException):
                waiting.error = result
            else:
                waiting.result = result
            waiting.done = True
