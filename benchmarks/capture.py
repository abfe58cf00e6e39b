"""How much of a bare Flask hello is left when every answer is on disk before it is acknowledged.

python -m benchmarks.capture [--engine sqlite|postgresql] [--rounds 3] [--seconds 5]
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.databases import ENGINES, EngineName, count, description, fresh_database
from benchmarks.load import Load, load
from benchmarks.servers import SERVICE, environment_of, free_port, running
from benchmarks.stage import set_stage

# More than anything measured, so that no token is sent twice.
_MOST_PER_S: Final = 6_000
_WARM_UP_S: Final = 2
_HELLO: Final = (sys.executable, "-m", "benchmarks.hello")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-benchmark-") as folder:
        hellos, captures = measured(chosen.engine, Path(folder), chosen.rounds, chosen.seconds)
    _report(hellos, captures)


def measured(
    engine: EngineName, folder: Path, rounds: int, seconds: int
) -> tuple[list[Load], list[Load]]:
    """Load hello and capture in turn; returns what each round gave.

    Raises RuntimeError when an acknowledged answer is not in the database.
    """
    with fresh_database(engine, folder) as url:
        print(description(url))
        stage = set_stage(url, "http://127.0.0.1:9/never-called")
        hello = environment_of(folder, url, free_port())
        service = environment_of(folder, url, free_port())
        bodies = folder / "bodies"
        hellos, captures, acknowledged = [], [], 0
        with running(_HELLO, hello) as bare, running((*SERVICE, "web"), service) as web:
            for number in range(rounds + 1):
                span_s = seconds if number else _WARM_UP_S
                stage.write_bodies(bodies, span_s * _MOST_PER_S)
                hellos.append(load(bare, span_s))
                captures.append(load(web, span_s, bodies))
                acknowledged += captures[-1].answers
                _say_round(number, hellos[-1], captures[-1])
        saved = count(url, "SELECT count(*) FROM responses")
        queued = count(url, "SELECT count(*) FROM deliveries")
        stage.service.database.dispose()
        print(f"{acknowledged} acknowledged, {saved} responses, {queued} queued webhooks")
        if saved < acknowledged:
            raise RuntimeError("acknowledged answers are missing")
    return hellos[1:], captures[1:]


def _say_round(number: int, hello: Load, capture: Load) -> None:
    name = f"round {number}" if number else "warm-up"
    print(f"{name}: hello {_shown(hello)} | capture {_shown(capture)}", flush=True)


def _shown(load: Load) -> str:
    return (
        f"{load.per_s:.0f}/s, {load.cpu_ms:.2f} ms CPU, "
        f"p50 {load.p50_ms:.1f} ms, p99 {load.p99_ms:.1f} ms"
    )


def _report(hellos: Sequence[Load], captures: Sequence[Load]) -> None:
    """Print medians of the rounds' ratios: both halves of a round met the same machine."""
    pairs = list(zip(hellos, captures, strict=True))
    print(f"answers per second  {median(c.per_s / h.per_s for h, c in pairs):.2f} of hello's")
    print(f"CPU per answer      {median(c.cpu_ms / h.cpu_ms for h, c in pairs):.2f} times hello's")
    print(f"p50                 {median(c.p50_ms / h.p50_ms for h, c in pairs):.2f} times hello's")
    print(f"p99                 {median(c.p99_ms / h.p99_ms for h, c in pairs):.2f} times hello's")


if __name__ == "__main__":
    main()
