"""gunicorn's worker, as we need it."""

import gc
import os
import select
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from feedback_service.cli.serving.desk import Desk

# Requests leave few cycles behind: by default a collection would run every ten of them.
_COLLECT_AFTER: Final = 20_000


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with threads, and a desk for answers; closes the door when it stops.

    gunicorn only stops looking: while a request in flight ends, up to GRACEFUL_S, the kernel would
    go on taking in connections that nobody will ever answer.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk = Desk(self.handle, self._hand_back)

    def load_wsgi(self) -> None:
        """Build the app, and keep the garbage collector off what then stays for good."""
        super().load_wsgi()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)

    def run(self) -> None:
        """Open the desk, after fork, and serve until told to stop."""
        self.desk.open()
        super().run()

    def notify(self) -> None:
        """Show that we live; called at least once a second."""
        super().notify()
        for connection in self.desk.left_waiting():
            super().enqueue_req(connection)

    def enqueue_req(self, conn: Any) -> None:
        """Have a connection served that has something to read: at the desk, else by a thread."""
        # What gunicorn has read ahead already is not on the socket for the desk to see.
        fresh = conn.initialized and not conn.parser.unreader.buf.getvalue()
        if not fresh or not self.desk.take(conn):
            super().enqueue_req(conn)

    def _hand_back(self, served: list[tuple[Any, object]]) -> None:
        """Give connections back to the main thread, which keeps or closes them."""
        self.method_queue.defer(self._finish, served)

    def _finish(self, served: list[tuple[Any, object]]) -> None:
        for connection, keep in served:
            self.finish_request(connection, _Done(keep))

    def accept(self, listener: Any) -> None:
        """Take one connection in, and no more while every thread has its request.

        The others stay with the kernel, from where a neighbour takes them. Else the worker that
        wakes first takes all of a burst and keeps them, while its neighbours idle.
        """
        super().accept(listener)
        if self._all_hands_full():
            super().set_accept_enabled(False)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Start or stop accepting; called before each wait, and with False at the end."""
        if enabled and self._all_hands_full():
            return
        super().set_accept_enabled(enabled)
        if enabled or (self.alive and self.ppid == os.getppid()):
            return
        for listener in self.sockets:
            while self.nr_conns < self.worker_connections and _somebody_waits(listener):
                super().accept(listener)  # who was let in before gets an answer
            listener.close()

    def _all_hands_full(self) -> bool:
        idle = len(self.keepalived_conns) + len(self.pending_conns)
        return bool(self.alive and self.nr_conns - idle >= self.cfg.threads)


class _Done:
    """A result in the shape gunicorn takes from its thread pool."""

    def __init__(self, value: object) -> None:
        self._value = value

    def cancelled(self) -> bool:
        return False

    def result(self) -> object:
        return self._value


def _somebody_waits(listener: Any) -> bool:
    return bool(select.select([listener], [], [], 0)[0])
