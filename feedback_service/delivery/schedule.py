"""When the next attempt is due."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from feedback_service.delivery.outbound.outcome import Failed

# Wait before each attempt, in seconds after the one before; 75 h 35 min 5 s in all.
# Source: the example schedule in the Standard Webhooks specification, version 1.0.0.
GAPS_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
ATTEMPTS: Final = len(GAPS_S)

# Jitter spreads the retries of an outage that hit many deliveries at once.
JITTER_SHARE: Final = 0.2

# A receiver may ask for patience, not for oblivion.
RETRY_AFTER_MAX_S: Final = 86_400.0

_SECONDS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def next_attempt_at(
    attempts_made: int, now: datetime, outcome: Failed, scale: float, jitter: float
) -> datetime | None:
    """Return when to try again, or None when nothing is left to try.

    attempts_made: attempts that failed so far, this one included. scale: FEEDBACK_RETRY_SCALE,
    multiplies our gaps only; Retry-After is the receiver's clock and is never shortened.
    jitter: 0..1 adds 0..20 % of the gap. A receiver that is gone (410) gets no further attempt.
    Raises ValueError for a jitter outside 0..1, a negative scale or count.
    """
    if attempts_made < 0 or not 0 <= jitter <= 1 or not scale >= 0:
        raise ValueError(f"no schedule for {attempts_made=}, {jitter=}, {scale=}")
    if attempts_made >= ATTEMPTS or outcome.error == "gone":
        return None
    wait_s = GAPS_S[attempts_made] * scale * (1 + JITTER_SHARE * jitter)
    if outcome.retry_after_s is not None:
        wait_s = max(wait_s, min(outcome.retry_after_s, RETRY_AFTER_MAX_S))
    return now + timedelta(seconds=wait_s)


def parse_retry_after(text: str, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for, 0..86400; None when it is junk.

    text: seconds (a fraction is tolerated) or an HTTP-date; a date in the past is 0.
    """
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), RETRY_AFTER_MAX_S)
    try:
        at = parsedate_to_datetime(text)
        # RFC 9110, 5.6.7: an HTTP-date is UTC; the asctime form does not say so.
        wait_s = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
    return min(max(wait_s.total_seconds(), 0.0), RETRY_AFTER_MAX_S)
