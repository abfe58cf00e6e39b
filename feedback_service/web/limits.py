"""Rate limits: per API key for servers, per client address for the public, kept in memory only.

Addresses live in the limiter's windows for a minute and nowhere else.
"""

from typing import Final, ParamSpec, TypeVar

import structlog
from flask import Flask, current_app, g, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from feedback_service.web.problems import WireError

Params = ParamSpec("Params")
Result = TypeVar("Result")

log = structlog.get_logger()

# Generous: they stop scripts, not shops. A busy page behind one office address stays below.
API: Final = parse("60000/minute")
PUBLIC: Final = parse("6000/minute")
# Wrong tokens and keys: nobody mistypes so often, and guessing 128 bits is hopeless anyway.
FAILURES: Final = parse("300/minute")
# First answers by open link: a school class behind one address stays below, a ballot stuffer not.
OPEN_LINKS: Final = parse("60/minute")
_EXTENSION: Final = "feedback_limiter"


class TooManyRequests(WireError):
    """retry_after_s: when the window opens again."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too-many-requests", f"slow down: try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


def install(app: Flask, storage_url: str | None) -> None:
    """Give the app its limiter; storage_url: Redis for one limit over several machines."""
    app.extensions[_EXTENSION] = FixedWindowRateLimiter(
        storage_from_string(storage_url or "memory://")
    )


def spend(item: RateLimitItem, *identity: str) -> None:
    """Count one use. Raises TooManyRequests beyond the limit."""
    limiter: FixedWindowRateLimiter = current_app.extensions[_EXTENSION]
    if not limiter.hit(item, *identity):
        _refuse(limiter, item, identity)


def refuse_spent(item: RateLimitItem, *identity: str) -> None:
    """Raise TooManyRequests when the limit is reached, without counting."""
    limiter: FixedWindowRateLimiter = current_app.extensions[_EXTENSION]
    if not limiter.test(item, *identity):
        _refuse(limiter, item, identity)


def client() -> str:
    """Return the address that asks; behind proxies it needs FEEDBACK_TRUSTED_PROXIES."""
    return request.remote_addr or "unknown"


def _refuse(
    limiter: FixedWindowRateLimiter, item: RateLimitItem, identity: tuple[str, ...]
) -> None:
    from_now = limiter.get_window_stats(item, *identity).reset_time - g.started_s
    raise TooManyRequests(max(1, int(from_now) + 1))
