"""Kill -9 the whole service again and again under load: is anything lost that was acknowledged?

python -m benchmarks.kill_drill [--engine sqlite|postgresql] [--kills 20]
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from sqlalchemy import text

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.drills.traffic import Heard, people, receiver
from benchmarks.servers import SERVICE, environment_of, free_port, started
from benchmarks.stage import Stage, set_stage
from feedback_service.storage.engine.database import Database

_SERVE: Final = (*SERVICE, "serve")
_LIVES_S: Final = (0.5, 1.5)
# The lease of a killed dispatcher must end before its claims are anybody's again.
_SETTLED_WITHIN_S: Final = 120.0


def main() -> None:
    """Drill, print what was found; exit code 1 when anything is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--kills", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-drill-") as folder:
        faults = drill(chosen.engine, Path(folder), chosen.kills)
    for fault in faults:
        print(f"FAILED: {fault}")
    sys.exit(1 if faults else 0)


def drill(engine: EngineName, folder: Path, kills: int) -> list[str]:
    """Run the drill; returns what went wrong, empty when nothing was lost."""
    heard = Heard()
    with fresh_database(engine, folder) as url, receiver(heard) as webhook_url:
        print(description(url))
        stage = set_stage(url, webhook_url)
        environment = environment_of(folder, url, free_port(), FEEDBACK_RETRY_SCALE="0.001")
        waited_s = _killed_again_and_again(stage, environment, heard, kills)
        stage.service.database.dispose()
        low, untold = heard.low(), heard.untold()
        again = sum(times - 1 for times in heard.told.values())
        print(
            f"{kills} kills: {len(heard.acknowledged)} acknowledged, {heard.cut_off} cut off, "
            f"{len(low)} low scores, all told {waited_s:.1f} s after the last start"
            if not untold
            else f"{kills} kills: {len(untold)} of {len(low)} low scores untold"
        )
        print(f"{len(heard.told)} told in all, {again} of them more than once")
        faults = [f"{len(untold)} low scores never told"] if untold else []
        return faults + _faults_in(url, set(heard.acknowledged))


def _killed_again_and_again(
    stage: Stage, environment: dict[str, str], heard: Heard, kills: int
) -> float:
    """Return how long after the last start every low score had been told."""
    rng = random.Random(5)
    server = started(_SERVE, environment)
    try:
        server.wait_until_ready()
        with people(stage, server.port, heard):
            for number in range(kills):
                time.sleep(rng.uniform(*_LIVES_S))
                server.kill()
                server = started(_SERVE, environment)
                server.wait_until_ready()
                print(f"kill {number + 1}: {len(heard.acknowledged)} acknowledged", flush=True)
        start = time.monotonic()
        while heard.untold() and time.monotonic() - start < _SETTLED_WITHIN_S:
            time.sleep(0.2)
        return time.monotonic() - start
    finally:
        server.kill()


def _faults_in(url: str, acknowledged: set[str]) -> list[str]:
    """Compare the database with what was acknowledged, and let SQLite judge its file."""
    faults = []
    database = Database(url, connections=1)
    with database.read() as connection:
        stored = set(connection.execute(text("SELECT id FROM responses")).scalars())
        if database.is_sqlite:
            verdict = connection.execute(text("PRAGMA integrity_check")).scalar_one()
            print(f"integrity_check: {verdict}")
            faults += [] if verdict == "ok" else [f"integrity_check says {verdict}"]
    database.dispose()
    print(f"{len(stored)} responses stored")
    lost = acknowledged - stored
    return faults + ([f"{len(lost)} acknowledged responses lost"] if lost else [])


if __name__ == "__main__":
    main()
