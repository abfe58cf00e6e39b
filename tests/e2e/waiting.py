"""Wait for something another thread or a browser does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

DEADLINE_S = 5.0


def eventually(found: Callable[[], T]) -> T:
    """Return the first truthy value of `found`; fail after five seconds without one."""
    end = time.monotonic() + DEADLINE_S
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return value
