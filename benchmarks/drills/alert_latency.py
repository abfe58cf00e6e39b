"""How long after its 2xx does a low score reach the receiver, settle time 0?

python -m benchmarks.drills.alert_latency [--engine sqlite|postgresql] [--seconds 15]
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.drills.traffic import Heard, people, receiver
from benchmarks.servers import SERVICE, environment_of, free_port, running
from benchmarks.stage import set_stage

_TOLD_WITHIN_S: Final = 60.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--seconds", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-latency-") as folder:
        heard = traffic(chosen.engine, Path(folder), chosen.seconds)
    # The receiver may hear of it before the person's own process has read its reply.
    late_s = [max(0.0, heard.told_at[id_] - heard.acknowledged_at[id_]) for id_ in heard.low()]
    cuts = quantiles(late_s, n=100)
    print(f"{len(heard.acknowledged) / chosen.seconds:.0f} answers per second")
    print(
        f"{len(late_s)} alerts: p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, "
        f"p99 {cuts[98]:.2f} s, latest {max(late_s):.2f} s"
    )


def traffic(engine: EngineName, folder: Path, seconds: int) -> Heard:
    """Let eight people answer `serve`; returns what was heard when every low score was told.

    Raises TimeoutError when one never was.
    """
    heard = Heard()
    with fresh_database(engine, folder) as url, receiver(heard) as webhook_url:
        print(description(url))
        stage = set_stage(url, webhook_url)
        environment = environment_of(folder, url, free_port())
        with running((*SERVICE, "serve"), environment) as server:
            with people(stage, server.port, heard):
                time.sleep(seconds)
            deadline = time.monotonic() + _TOLD_WITHIN_S
            while heard.untold():
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{len(heard.untold())} low scores never told")
                time.sleep(0.1)
        stage.service.database.dispose()
    return heard


if __name__ == "__main__":
    main()
