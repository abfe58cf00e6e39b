"""Rate limits: per API key for servers, per client address for the public, kept in memory only.

Addresses live in the limiter's windows for a minute and nowhere else.
"""

import time
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
# Who has passed a limit, and until when: forgotten, it is found out again at the next failure.
_SPENT: Final = "feedback_limits_spent"
_MOST_SPENT: Final = 10_000


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
    app.extensions[_SPENT] = {}


def spend(item: RateLimitItem, *identity: str) -> None:
    """Count one use. Raises TooManyRequests beyond the limit."""
    limiter: FixedWindowRateLimiter = current_app.extensions[_EXTENSION]
    if not limiter.hit(item, *identity):
        _refuse(limiter, item, identity)


def refuse_spent(item: RateLimitItem, *identity: str) -> None:
    """Raise TooManyRequests when this process has seen the limit passed, without counting.

    A look into a dict: it stands before every answer, and whoever is not in it meets `spend`
    at the next failure.
    """
    spent: dict[tuple[str, ...], float] = current_app.extensions[_SPENT]
    until = spent.get(identity) if spent else None
    if until is not None and until > time.time():
        raise TooManyRequests(max(1, int(until - time.time()) + 1))


def client() -> str:
    """Return the address that asks; behind proxies it needs FEEDBACK_TRUSTED_PROXIES."""
    return request.remote_addr or "unknown"


def _refuse(
    limiter: FixedWindowRateLimiter, item: RateLimitItem, identity: tuple[str, ...]
) -> None:
    until = limiter.get_window_stats(item, *identity).reset_time
    spent: dict[tuple[str, ...], float] = current_app.extensions[_SPENT]
    if len(spent) >= _MOST_SPENT:
        spent.clear()
    spent[identity] = until
    raise TooManyRequests(max(1, int(until - g.started_s) + 1))
