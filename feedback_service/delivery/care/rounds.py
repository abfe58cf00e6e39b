"""What a dispatcher does beside sending: each task in its own time, all in one thread."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from feedback_service.delivery.trouble import Outage, report_fault
from feedback_service.storage.errors import StorageUnavailable


@dataclass(frozen=True, slots=True)
class Task:
    """run: returns whether there is more to do at once. every_s: else, how long until again."""

    name: str
    run: Callable[[], bool]
    every_s: float


class Rounds:
    """A daemon thread that runs tasks until it is closed; one that fails is tried again later."""

    def __init__(self, tasks: Sequence[Task], outage: Outage) -> None:
        self._tasks = tasks
        self._outage = outage
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rounds", daemon=True)
        self._thread.start()

    def close(self, limit_s: float) -> None:
        """Let the task that runs end, and wait for it."""
        self._stop.set()
        self._thread.join(limit_s)

    def _run(self) -> None:
        due = dict.fromkeys(range(len(self._tasks)), monotonic())
        while not self._stop.is_set():
            for number, task in enumerate(self._tasks):
                if due[number] <= monotonic() and not self._stop.is_set():
                    due[number] = monotonic() + self._wait_after(task)
            self._stop.wait(max(0.0, min(due.values()) - monotonic()))

    def _wait_after(self, task: Task) -> float:
        """Run a task; returns how long (s) it rests then."""
        try:
            return 0.0 if task.run() else task.every_s
        except StorageUnavailable as error:
            return max(task.every_s, self._outage.pause_s(error))
        except Exception as error:  # noqa: BLE001  # one task may not end the others
            report_fault("dispatcher task broke", error, task=task.name)
            return max(task.every_s, _AFTER_FAULT_S)


_AFTER_FAULT_S = 60.0
