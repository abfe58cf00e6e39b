"""The people of the day: more at noon than at night, and each presses again until it is taken."""

import json
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import accumulate
from typing import Final

from benchmarks.stage import SCORES

# How busy each hour of the day is.
_BY_HOUR: Final = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 9, 8, 8, 8, 9, 10, 10, 8, 5, 3, 2)
_AT_ONCE: Final = 8
_AGAIN_AFTER_S: Final = 0.2
LOW: Final = 6  # and everything below


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's answer. hour: when, 0 to 24. mark: begins the comment, and is nobody else's."""

    hour: float
    token: str
    score: int
    mark: str


@dataclass(slots=True)
class Acknowledged:
    """ids: mark -> response id of every answer that got its 2xx. again: how often it was resent."""

    ids: dict[str, str] = field(default_factory=dict)
    again: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def visits(tokens: Sequence[str]) -> list[Visit]:
    """Spread the people over the day, in order."""
    rng = random.Random(24)
    edges = list(accumulate(_BY_HOUR))
    hours = sorted(rng.choices(range(24), cum_weights=edges)[0] + rng.random() for _ in tokens)
    return [
        Visit(hour, token, rng.choice(SCORES), f"answer-{number:05d}")
        for number, (hour, token) in enumerate(zip(hours, tokens, strict=True))
    ]


def answer_all(people: Sequence[Visit], port: int, begin: float, day_s: float) -> Acknowledged:
    """Let everybody answer at their hour; returns when all are acknowledged.

    begin: on the monotonic clock. day_s: how long the day takes.
    """
    heard, own = Acknowledged(), threading.local()

    def visit(one: Visit) -> None:
        time.sleep(max(0.0, begin + one.hour / 24 * day_s - time.monotonic()))
        while (found := _posted(one, own, port)) is None:
            with heard.lock:
                heard.again += 1
            time.sleep(_AGAIN_AFTER_S)
        with heard.lock:
            heard.ids[one.mark] = found

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(visit, people))
    return heard


def _posted(one: Visit, own: threading.local, port: int) -> str | None:
    """Return the response's id, None when nothing was acknowledged."""
    if not hasattr(own, "connection"):
        own.connection = HTTPConnection("127.0.0.1", port, timeout=30)
    comment = f"{one.mark} came too late & <cold>" if one.score <= LOW else None
    document = {"token": one.token, "score": one.score, "comment": comment}
    body = json.dumps({name: value for name, value in document.items() if value is not None})
    try:
        own.connection.request("POST", "/v1/responses", body, {"Content-Type": "application/json"})
        reply = own.connection.getresponse()
        text = reply.read()
    except (OSError, HTTPException):
        own.connection.close()
        return None
    if reply.status in {429, 503}:
        return None
    if reply.status not in {200, 201}:
        raise RuntimeError(f"an answer was refused: {reply.status} {text[:300]!r}")
    found: str = json.loads(text)["id"]
    return found
