"""A dispatcher in a process of its own, for tests that kill it.

Arguments: database URL, lease in seconds, and optionally the step at which it kills itself.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from feedback_service.delivery import senders
from feedback_service.delivery.claims import Claimer
from feedback_service.delivery.settling import Settler
from feedback_service.delivery.worker import WorkerOptions, run
from feedback_service.storage.dispatch import claimed, outbox
from feedback_service.usecases.service import open_service
from tests.delivery.receivers import LOOPBACK
from tests.factories import SECRET_KEYS

# Step -> where it is over: the process dies right after this call.
STEPS: Final[dict[str, tuple[Any, str]]] = {
    "leased": (outbox, "claim"),
    "frozen": (claimed, "freeze"),
    "claimed": (Claimer, "claim_due"),
    "sent": (senders, "delivered"),
    "written": (claimed, "settle"),
    "settled": (Settler, "settle"),
}


def die_after(step: str) -> None:
    """Make this process kill itself, as kill -9 would, at the end of a step that did something."""
    owner, name = STEPS[step]
    original: Callable[..., Any] = getattr(owner, name)

    def last(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        did_something = bool(result.claims) if step == "claimed" else result != []
        if did_something:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, last)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        die_after(sys.argv[3])
    options = WorkerOptions(
        public_url=None,
        name="to be killed",
        poll_s=0.02,
        lease_s=float(sys.argv[2]),
        deadline_s=float(sys.argv[2]) / 2,
    )
    run(open_service(sys.argv[1], SECRET_KEYS, LOOPBACK), options, threading.Event())
