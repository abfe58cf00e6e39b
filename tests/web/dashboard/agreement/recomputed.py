"""Figures out of an exported CSV by plain Python: nothing of ours is asked for the arithmetic."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from pathlib import Path
from typing import Final

Z: Final = 1.96  # what 95 % means here, as in docs/measures.md
Row = Mapping[str, str]


@dataclass(frozen=True)
class Plain:
    """score, low, high: in points. bands: name -> people."""

    n: int
    score: float
    low: float
    high: float
    scores: Mapping[int, int]
    bands: Mapping[str, int]

    def said(self, metric: str) -> str:
        """Return it as the dashboard writes it."""
        low, high = shown(metric, self.low), shown(metric, self.high)
        return f"{shown(metric, self.score)} {low} to {high} (95 %) · {self.n:,} answers"


def shown(metric: str, points: float) -> str:
    if metric != "nps":
        return f"{points:.0f} %"
    return f"{round(points):+d}".replace("+0", "0").replace("-", "\N{MINUS SIGN}")


def counted(path: Path) -> Iterator[Row]:
    """Return the rows that count."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            doubtful = row["test"] == "true" or row["unconfirmed"] == "true" or row["excluded"]
            if row["score"] and not doubtful:
                yield row


def day_of(row: Row) -> date:
    """Return its day; the demo's project keeps UTC."""
    return datetime.fromisoformat(row["scored_at"]).date()


def plain(rows: Iterable[Row]) -> Plain:
    """Return the figure of answers to one definition."""
    every = list(rows)
    edges: dict[str, list[int]] = json.loads(every[0]["bands"])
    scores = Counter(int(row["score"]) for row in every)
    bands = {
        name: sum(people for score, people in scores.items() if low <= score <= high)
        for name, (low, high) in edges.items()
    }
    n, metric = len(every), every[0]["metric"]
    if metric == "nps":
        low, high = _nps_interval(bands["promoter"], bands["detractor"], n)
        score = 100 * (bands["promoter"] - bands["detractor"]) / n
    else:
        good = bands["satisfied" if metric == "csat" else "low_effort"]
        score, (low, high) = 100 * good / n, _wilson(good, n)
    return Plain(n, score, low, high, scores, bands)


def released(every: Iterable[Row], first: date, last: date) -> list[Row]:
    """Return what a period may show of employees: whole runs of days with five answers or more."""
    shown: list[Row] = []
    run: list[Row] = []
    by_day = by_step(every, "day", date.min)
    for day in sorted(by_day):
        run += by_day[day]
        if len(run) >= 5:
            if first <= day_of(run[0]) and day <= last:
                shown += run
            run = []
    return shown


def by_step(rows: Iterable[Row], step: str, first: date) -> dict[date, list[Row]]:
    """Return the rows by the first day of their day, week or month, inside the period."""
    begin: dict[str, Callable[[date], date]] = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
    }
    found: dict[date, list[Row]] = {}
    for row in rows:
        found.setdefault(max(first, begin[step](day_of(row))), []).append(row)
    return found


def _nps_interval(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    p, d, more = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3), n + 3
    middle = p - d
    margin = Z * sqrt((p + d - middle**2) / more)
    return max(-100.0, 100 * (middle - margin)), min(100.0, 100 * (middle + margin))


def _wilson(hits: int, n: int) -> tuple[float, float]:
    share = hits / n
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    margin = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return 100 * (middle - margin), 100 * (middle + margin)
