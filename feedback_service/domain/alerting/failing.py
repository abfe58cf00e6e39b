"""When a webhook that keeps failing is given up, and when its return is worth telling."""

from datetime import datetime, timedelta
from typing import Final

# Longer than a long weekend; shorter than a receiver's whole list of retries would take twice.
GIVEN_UP_AFTER: Final = timedelta(days=5)
# One alert a week that fails says little: as many attempts as one delivery gets.
GIVEN_UP_FAILURES: Final = 10
# A hiccup is no news.
RECOVERY_IS_NEWS_AFTER: Final = timedelta(hours=1)


def is_given_up(failing_since: datetime, failures: int, now: datetime, scale: float) -> bool:
    """Tell whether a webhook has failed for so long that it is disabled.

    failures: attempts since `failing_since`, none of which succeeded. scale: FEEDBACK_RETRY_SCALE,
    which shortens days as it shortens the gaps between attempts.

    >>> start = datetime(2026, 11, 20)
    >>> is_given_up(start, 10, start + timedelta(days=5), 1.0)
    True
    >>> is_given_up(start, 9, start + timedelta(days=9), 1.0)
    False
    """
    return failures >= GIVEN_UP_FAILURES and now - failing_since >= GIVEN_UP_AFTER * scale


def is_recovery_news(
    failing_since: datetime | None, disabled_at: datetime | None, now: datetime, scale: float
) -> bool:
    """Tell whether a success is worth telling: after it was disabled, or had failed for an hour."""
    if disabled_at is not None:
        return True
    return failing_since is not None and now - failing_since >= RECOVERY_IS_NEWS_AFTER * scale
