"""Was it as promised? What GET /v1/deliveries says, beside what the endpoints took."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.dispatch.day.endpoints import Taken
from benchmarks.dispatch.day.people import LOW, Acknowledged, Visit

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Api:
    """The service as its administrator calls it."""

    port: int
    key: str

    def deliveries(self, **query: str) -> Iterator[Document]:
        """Page through GET /v1/deliveries."""
        cursor: str | None = None
        while True:
            wish = {**query, "limit": "200", **({"cursor": cursor} if cursor else {})}
            path = "/v1/deliveries?" + "&".join(f"{name}={value}" for name, value in wish.items())
            connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
            reply = connection.getresponse()
            page = json.loads(reply.read())
            connection.close()
            if reply.status != 200:
                raise RuntimeError(f"GET {path} was answered {reply.status}: {page}")
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


@dataclass(frozen=True, slots=True)
class Away:
    """When nobody dispatched: from just before the kill until the service was back."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Return how long that was."""
        return (self.end - self.begin).total_seconds()


def low_ids(people: Sequence[Visit], heard: Acknowledged) -> dict[str, str]:
    """Return response id -> mark of everybody who was unhappy."""
    return {heard.ids[one.mark]: one.mark for one in people if one.score <= LOW}


def faults_of(name: str, found: Sequence[Document], low: Mapping[str, str]) -> list[str]:
    """Compare a webhook's deliveries with the low answers."""
    faults = []
    about = Counter(one["response"] for one in found)
    if missing := low.keys() - about.keys():
        faults.append(f"{name}: {len(missing)} low answers without a delivery")
    if strange := about.keys() - low.keys():
        faults.append(f"{name}: {len(strange)} deliveries about nobody's low answer")
    if twice := [one for one, times in about.items() if times > 1]:
        faults.append(f"{name}: {len(twice)} answers with two deliveries")
    if unsettled := Counter(one["status"] for one in found if one["status"] != "delivered"):
        faults.append(f"{name}: {dict(unsettled)}")
    # The last is the one that settled it; what a kill cut off before it was noted has no line.
    unread = [
        one for one in found if (one["attempts"] or [{}])[-1].get("error", "none") is not None
    ]
    if unread:
        faults.append(f"{name}: {len(unread)} deliveries whose last attempt is no success")
    return faults


def faults_of_taken(name: str, found: Sequence[Document], taken: Taken) -> list[str]:
    """Compare what an endpoint took with what its deliveries say."""
    faults = [f"{name}: {one}" for one in dict.fromkeys(taken.wrong)]
    ids = {one["id"] for one in found}
    if ids != taken.bytes_of.keys():
        faults.append(f"{name}: {len(ids ^ taken.bytes_of.keys())} ids told apart")
    if changed := [one for one, digests in taken.bytes_of.items() if len(digests) > 1]:
        faults.append(f"{name}: {len(changed)} repeats with other bytes")
    return faults


def faults_of_log(name: str, log: Path, low: Mapping[str, str]) -> list[str]:
    """Compare what the recipe printed, each event once, with the low answers."""
    lines = log.read_text(encoding="utf-8").splitlines()
    told = [re.match(r"alert\.detractor \d+ (answer-\d+) ", line) for line in lines]
    marks = Counter(one[1] for one in told if one)
    faults = [] if all(told) else [f"{name}: printed something else, too"]
    if marks != Counter(low.values()):
        faults.append(f"{name}: acted on {marks.total()} of {len(low)} low answers, or twice")
    return faults


def waits_s(found: Sequence[Document], away: Away | None = None) -> list[float]:
    """Return how long after it was due each delivery was first tried, ascending.

    away: what was due meanwhile is left out.
    """
    return sorted(
        (_instant(one["attempts"][0]["started_at"]) - _instant(one["event_at"])).total_seconds()
        for one in found
        # A first attempt that was killed has no line.
        if one["attempts"]
        and one["attempts"][0]["number"] == 1
        and not (away and away.begin <= _instant(one["event_at"]) <= away.end)
    )


def errors(found: Sequence[Document]) -> Counter[str]:
    """Count the failed attempts by class."""
    return Counter(
        attempt["error"] for one in found for attempt in one["attempts"] if attempt["error"]
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
