"""A dispatcher in a process of its own, for tests that kill it: database URL, lease in seconds."""

import sys
import threading

from feedback_service.delivery.worker import WorkerOptions, run
from feedback_service.usecases.service import open_service
from tests.delivery.receivers import LOOPBACK
from tests.factories import SECRET_KEYS

if __name__ == "__main__":
    options = WorkerOptions(
        public_url=None,
        name="to be killed",
        poll_s=0.02,
        lease_s=float(sys.argv[2]),
        deadline_s=float(sys.argv[2]) / 2,
    )
    run(open_service(sys.argv[1], SECRET_KEYS, LOOPBACK), options, threading.Event())
