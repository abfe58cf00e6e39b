"""Reports over millions of answers, beside DuckDB on the same answers in Parquet.

Every round asks each question once of the app (whole request, writing its JSON, warm) and once of
DuckDB; the figures are medians of the rounds. At the end the two must agree on every number.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from benchmarks.databases import ENGINES, EngineName
from benchmarks.reports_data import DAYS, START, fill, write_parquet
from benchmarks.stage import NOW, one_survey
from feedback_service.domain.surveys import Survey
from feedback_service.storage.reports.sweep import sweep
from feedback_service.storage.reports.tallying import MOST_TOLD_APART
from feedback_service.usecases.service import Service

_FIRST: Final = START.date()
_LAST: Final = _FIRST + timedelta(days=DAYS - 1)
_SPAN: Final = f"survey=nps&from={_FIRST}&to={_LAST}"
QUESTIONS: Final = {
    "summary": f"summary?{_SPAN}",
    "trend by month": f"trend?{_SPAN}&by=month",
    "trend by week": f"trend?{_SPAN}&by=week",
    "trend by day": f"trend?{_SPAN}&by=day",
    "segment channel (3)": f"segments?{_SPAN}&segment=channel",
    "segment trait:plan (3)": f"segments?{_SPAN}&segment=trait:plan",
    "segment trait:region (20)": f"segments?{_SPAN}&segment=trait:region",
    "segment trait:agent (300)": f"segments?{_SPAN}&segment=trait:agent",
    "segment trait:store (2,000)": f"segments?{_SPAN}&segment=trait:store",
    "segment trait:account (50,000)": f"segments?{_SPAN}&segment=trait:account",
}
# Of more answers than can be told apart it is no segment: it must be refused, and soon.
_REFUSED: Final = f"segments?{_SPAN}&segment=trait:order"
# What DuckDB groups by for the same figures; the last asks the JSON text as we store it.
GROUPS: Final = {
    "summary": "channel",
    "trend by month": "date_trunc('month', scored_at)",
    "trend by week": "date_trunc('week', scored_at)",
    "trend by day": "date_trunc('day', scored_at)",
    "segment channel (3)": "channel",
    "segment trait:plan (3)": "plan",
    "segment trait:region (20)": "region",
    "segment trait:agent (300)": "agent",
    "segment trait:store (2,000)": "store",
    "segment trait:account (50,000)": "account",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--answers", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reports-scale-") as name:
        _run(given.engine, Path(name), given.answers, given.rounds)


def _run(engine: EngineName, folder: Path, many: int, rounds: int) -> None:
    with one_survey(engine, folder) as made:
        service, survey = made.service, made.survey
        _timed("filling", lambda: fill(made.url, survey, many))
        parquet = folder / "answers.parquet"
        _timed("Parquet", lambda: write_parquet(parquet, survey, many))
        _timed("sweep", lambda: _sweep(service))
        client = made.client()
        _compare(client, _Duck(parquet, survey), rounds, many)


class _Duck:
    """DuckDB on the Parquet file, with all cores."""

    def __init__(self, parquet: Path, survey: Survey) -> None:
        self._connection = duckdb.connect()
        self._from = f"FROM '{parquet}' WHERE survey_id = {survey.id}"

    def ask(self, group: str) -> list[Any]:
        query = f"SELECT {group}, score, count(*) {self._from} GROUP BY ALL"
        return self._connection.execute(query).fetchall()


def _compare(client: FlaskClient, duck: _Duck, rounds: int, many: int) -> None:
    ours: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    cpu: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    theirs: dict[str, list[float]] = {name: [] for name in [*QUESTIONS, "plan out of JSON"]}
    for number in range(rounds + 1):
        for name, path in QUESTIONS.items():
            before = time.process_time()
            ours[name].append(_ms(partial(_ask, client, path)))
            cpu[name].append(1000 * (time.process_time() - before))
            theirs[name].append(_ms(partial(duck.ask, GROUPS[name])))
        if number < 3:
            theirs["plan out of JSON"].append(_ms(partial(duck.ask, "traits->>'plan'")))
    print(f"{'':34}{'ours, ms':>10}{'its CPU':>10}{'DuckDB, ms':>12}{'ratio':>8}{'worst':>8}")
    for name in QUESTIONS:
        own, spent, other = (statistics.median(all_[name][1:]) for all_ in (ours, cpu, theirs))
        worst = max(ours[name][1:])
        print(f"{name:34}{own:10.1f}{spent:10.1f}{other:12.1f}{own / other:8.2f}{worst:8.1f}")
    other = statistics.median(theirs["plan out of JSON"])
    print(f"{'(plan out of the JSON text)':34}{'':20}{other:12.1f}")
    if many > MOST_TOLD_APART:
        refused = statistics.median(_ms(partial(_ask, client, _REFUSED, 422)) for _ in range(3))
        print(f"{'(refused: trait:order, all differ)':34}{refused:10.1f}")
    _must_agree(client, duck)


def _must_agree(client: FlaskClient, duck: _Duck) -> None:
    for name, group in (("trait:plan (3)", "plan"), ("channel (3)", "channel")):
        found = _report(client, QUESTIONS[f"segment {name}"])["definitions"][0]["segments"]
        ours = {
            (one["value"], int(score), people)
            for one in found
            for score, people in one["distribution"].items()
            if people  # a group that nobody is in does not come out of SQL
        }
        assert ours == set(duck.ask(group)), f"they disagree on {name}"
    print("both agree")


def _ask(client: FlaskClient, path: str, status: int = 200) -> TestResponse:
    reply = client.get(f"/v1/reports/{path}")
    assert reply.status_code == status, reply.get_data(as_text=True)
    return reply


def _report(client: FlaskClient, path: str) -> Any:
    return _ask(client, path).get_json()


def _sweep(service: Service) -> None:
    while sweep(service.database, NOW):
        pass


def _ms(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)


def _timed(what: str, do: Callable[[], Any]) -> None:
    print(f"{what}: {_ms(do) / 1000:.0f} s", flush=True)


if __name__ == "__main__":
    main()
