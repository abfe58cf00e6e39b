"""Many requests on one thread: one that waits for its commit lets the next one begin.

A thread that waits must be woken, and threads that wake fight for the interpreter: on a busy server
that cost more than everything else an answer needs. In a room the waiting ones are greenlets. All
that can begin does, then what they want to write is written at once, then each goes on.
"""

from collections.abc import Callable, Iterable
from typing import Any

from greenlet import getcurrent, greenlet

Job = Callable[[], None]


class Room:
    """Serves the guests of one thread."""

    def __init__(self) -> None:
        self._waiting: dict[Callable[[list[Any]], None], list[tuple[Any, _Guest]]] = {}

    def serve(self, jobs: Iterable[Job]) -> None:
        """Run the jobs to their ends; they must not raise."""
        for job in jobs:
            _Guest(self, job).switch()
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            for write, guests in waiting.items():
                write([item for item, _ in guests])
                for _, guest in guests:
                    guest.switch()

    def wait(self, write: Callable[[list[Any]], None], item: Any) -> None:
        """Return when `write` was called with this item and those of other guests; must not raise.

        Only for a guest of this room: see `room_here`.
        """
        guest = getcurrent()
        assert isinstance(guest, _Guest)
        self._waiting.setdefault(write, []).append((item, guest))
        guest.host.switch()


class _Guest(greenlet):  # type: ignore[misc]  # greenlet has no types
    """A job on its way."""

    def __init__(self, room: Room, job: Job) -> None:
        super().__init__(job)
        self.room = room
        self.host = getcurrent()


def room_here() -> Room | None:
    """Return the room whose guest is running; None on any other thread."""
    here = getcurrent()
    return here.room if isinstance(here, _Guest) else None
