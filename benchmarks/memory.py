"""What `serve` takes of memory: supervisor, two workers with their master, one dispatcher.

python -m benchmarks.memory [--engine sqlite|postgresql] [--seconds 10]
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.drills.traffic import Heard, receiver
from benchmarks.load import load
from benchmarks.servers import SERVICE, Server, environment_of, free_port, running
from benchmarks.stage import set_stage

_MOST_PER_S: Final = 6_000
_SETTLING_S: Final = 3.0
_LOOK_EVERY_S: Final = 0.5
_MIB: Final = 1024 * 1024


def main() -> None:
    """Measure and print proportional set sizes in MiB."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--seconds", type=int, default=10)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-memory-") as folder:
        idle, loaded, after = measured(chosen.engine, Path(folder), chosen.seconds)
    for name, sizes in (("idle", idle), ("most under load", loaded), ("after", after)):
        each = " + ".join(f"{size / _MIB:.1f}" for size in sizes)
        print(f"{name:16} {sum(sizes) / _MIB:6.1f} MiB = {each}")


def measured(
    engine: EngineName, folder: Path, seconds: int
) -> tuple[list[int], list[int], list[int]]:
    """Return each process's bytes: idle, at the largest sum under load, and afterwards."""
    with fresh_database(engine, folder) as url, receiver(Heard()) as webhook_url:
        print(description(url))
        stage = set_stage(url, webhook_url)
        bodies = folder / "bodies"
        stage.write_bodies(bodies, seconds * _MOST_PER_S)
        stage.service.database.dispose()
        environment = environment_of(folder, url, free_port())
        with running((*SERVICE, "serve"), environment) as server:
            time.sleep(_SETTLING_S)
            idle = _sizes(server)
            loaded = _most_under_load(server, seconds, bodies)
            time.sleep(_SETTLING_S)
            return idle, loaded, _sizes(server)


def _most_under_load(server: Server, seconds: int, bodies: Path) -> list[int]:
    looks: list[list[int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY_S):
            looks.append(_sizes(server))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        print(f"{load(server, seconds, bodies).per_s:.0f} answers per second")
    finally:
        over.set()
        looking.join()
    return max(looks, key=sum)


def _sizes(server: Server) -> list[int]:
    return list(server.pss_bytes().values())


if __name__ == "__main__":
    main()
