"""Load by wrk, which costs far less than what it measures; one process on the same machine."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.servers import Server

CONNECTIONS: Final = 64
_SCRIPT: Final = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load. cpu_ms: processor time of all its processes per answer."""

    answers: int
    per_s: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


def load(server: Server, seconds: int, bodies: Path | None = None) -> Load:
    """Keep 64 connections busy: POST each of the bodies once, or GET / when there are none.

    Raises RuntimeError when wrk is missing, the bodies ran out, or an answer was not 2xx.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("the benchmark needs wrk (apt install wrk)")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
    command += ["-s", str(_SCRIPT), f"http://127.0.0.1:{server.port}/"]
    command += ["--", str(bodies)] if bodies else []
    before_s = server.cpu_s()
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    used_s = server.cpu_s() - before_s
    told = json.loads(ended.stdout.strip().splitlines()[-1])
    if told["refused"] or told["broken"] or told["ran_out"]:
        raise RuntimeError(f"this run counts for nothing: {told}")
    return Load(
        answers=told["requests"],
        per_s=told["requests"] / told["duration_us"] * 1e6,
        cpu_ms=used_s / told["requests"] * 1000,
        p50_ms=told["p50_us"] / 1000,
        p99_ms=told["p99_us"] / 1000,
    )
