"""How much dearer capture is for what reports and search need on every insert.

python -m benchmarks.report_cost [--engine sqlite|postgresql] [--rounds 4] [--seconds 5]

Two databases, one as it ships, one without the marks of reports, the indexes of words and tags, and
the two indexes that reports and lists read by; two services of the same code, loaded in turn with
the same answers, every third of which has a comment. On PostgreSQL its own processor time is
counted, too.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import text

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.load import load
from benchmarks.servers import SERVICE, Server, cpu_s, environment_of, free_port, running
from benchmarks.stage import Stage, set_stage
from feedback_service.storage.engine.database import Database

_MOST_PER_S: Final = 6_000
_WARM_UP_S: Final = 2
_COMMENTED: Final = 3
_INDEXES: Final = ("ix_responses_survey_id_id", "ix_responses_survey_id_scored_at")
_MARKS: Final = tuple(f"report_mark_{event}" for event in ("insert", "update", "delete"))
_TAGS: Final = tuple(f"tagged_{event}" for event in ("insert", "update", "delete"))
_WORDS: Final = tuple(f"comment_{event}" for event in ("added", "changed", "removed"))


@dataclass(frozen=True, slots=True)
class _Side:
    """One service on one database. engine: the first process of PostgreSQL, None with SQLite."""

    name: str
    stage: Stage
    web: Server
    bodies: Path
    engine: int | None


@dataclass(frozen=True, slots=True)
class _Round:
    """cpu_ms: of the service and its PostgreSQL, per answer."""

    per_s: float
    cpu_ms: float
    p99_ms: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-benchmark-") as name, ExitStack() as stack:
        sides = [
            stack.enter_context(_side(chosen.engine, Path(name) / side, side))
            for side in ("without", "with")
        ]
        rounds: dict[str, list[_Round]] = {side.name: [] for side in sides}
        for number in range(chosen.rounds + 1):
            # Who comes first takes turns: a neighbour who wakes up then hits both.
            for side in sides if number % 2 else reversed(sides):
                found = _loaded(side, chosen.seconds if number else _WARM_UP_S)
                rounds[side.name].append(found)
                print(f"{number} {side.name:8} {found.per_s:6.0f}/s {found.cpu_ms:.3f} ms CPU")
    _report(rounds["without"][1:], rounds["with"][1:])


@contextmanager
def _side(engine: EngineName, folder: Path, name: str) -> Iterator[_Side]:
    folder.mkdir()
    with fresh_database(engine, folder) as url:
        print(name, description(url))
        if name == "without":
            _strip(url)
        stage = set_stage(url, "http://127.0.0.1:9/never-called")
        environment = environment_of(folder, url, free_port())
        with running((*SERVICE, "web"), environment) as web:
            yield _Side(name, stage, web, folder / "bodies", _postgresql(folder))
        stage.service.database.dispose()


def _strip(url: str) -> None:
    """Take away what only reports, lists and searches need."""
    database = Database(url, connections=1)
    with database.write() as connection:
        words = _WORDS if database.is_sqlite else ()
        triggers = (*_MARKS, *_TAGS, *words)
        on = "" if database.is_sqlite else " ON responses"
        for name in triggers:
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
        for name in _INDEXES if database.is_sqlite else (*_INDEXES, "ix_responses_words"):
            connection.execute(text(f"DROP INDEX {name}"))
    database.dispose()


def _postgresql(folder: Path) -> int | None:
    pid = folder / "postgresql" / "postmaster.pid"
    return int(pid.read_text(encoding="ascii").split()[0]) if pid.exists() else None


def _loaded(side: _Side, seconds: int) -> _Round:
    side.stage.write_bodies(side.bodies, seconds * _MOST_PER_S, commented=_COMMENTED)
    before_s = cpu_s(side.engine) if side.engine else 0.0
    found = load(side.web, seconds, side.bodies)
    used_s = cpu_s(side.engine) - before_s if side.engine else 0.0
    return _Round(found.per_s, found.cpu_ms + 1000 * used_s / found.answers, found.p99_ms)


def _report(without: list[_Round], shipped: list[_Round]) -> None:
    """Print medians of the rounds' ratios: both halves of a round met the same machine."""
    pairs = list(zip(without, shipped, strict=True))
    print(f"CPU per answer      {median(w.cpu_ms / o.cpu_ms for o, w in pairs):.3f} times")
    print(f"answers per second  {median(w.per_s / o.per_s for o, w in pairs):.3f} times")
    print(f"p99                 {median(w.p99_ms / o.p99_ms for o, w in pairs):.3f} times")


if __name__ == "__main__":
    main()
