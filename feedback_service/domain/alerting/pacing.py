"""How many attempts a webhook with a rate limit may get now."""

from datetime import datetime, timedelta
from typing import Final

MAX_PER_MINUTE: Final = 60_000
# From so many a minute on, two may go out at once: a dispatcher looks a few times a second, and
# what it comes late for would be lost.
_TWO_AT_ONCE: Final = 12


def allowance(
    per_minute: int, paced_until: datetime | None, wanted: int, now: datetime
) -> tuple[int, datetime]:
    """Return how many of `wanted` attempts may begin, and the new paced_until.

    Within any 60 seconds no more than per_minute begin. The generic cell rate algorithm: every
    attempt moves paced_until by a gap, and it may run ahead of the clock by a burst.
    Source: ITU-T I.371, annex A.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    >>> count, until = allowance(1, None, 4, noon)
    >>> count, until - noon
    (1, datetime.timedelta(seconds=60))
    >>> allowance(1, until, 4, noon + timedelta(seconds=59))[0]
    0
    """
    burst = max(2 if per_minute >= _TWO_AT_ONCE else 1, per_minute // 60)
    # The burst is part of the minute's number, so what trickles after it is that much less.
    gap = timedelta(seconds=60 / (per_minute - burst + 1))
    start = now if paced_until is None else max(paced_until, now)
    room = (now + gap * burst - start) / gap
    # A microsecond is all that rounding can take away.
    count = max(0, min(wanted, int(room + 1e-6)))
    return count, start + gap * count
