"""Starts servers on loopback, and reads from /proc what their processes cost."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from benchmarks.stage import SECRET_KEY

SERVICE: Final = (sys.executable, "-m", "feedback_service.cli.main")
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_READY_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running command with all the processes it started."""

    process: subprocess.Popen[bytes]
    port: int

    def pids(self) -> list[int]:
        """Return its process and every descendant."""
        return _tree(self.process.pid)

    def cpu_s(self) -> float:
        """Return the processor seconds used so far, in user and kernel mode."""
        return cpu_s(self.process.pid)

    def pss_bytes(self) -> dict[int, int]:
        """Return each process's proportional set size: pages shared by n count one n-th."""
        sizes = {}
        for pid in self.pids():
            for line in _text(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
                if line.startswith("Pss:"):
                    sizes[pid] = int(line.split()[1]) * 1024
        return sizes

    def wait_until_ready(self) -> None:
        """Return when it answers requests. Raises TimeoutError, RuntimeError when it ended."""
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/")
                connection.getresponse().read()
                connection.close()
            except (OSError, HTTPException):
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the server does not answer")

    def kill(self) -> None:
        """Kill -9 every process at once, and wait until all are gone."""
        # Stopped first, so that none starts another between the look and the kill.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            pids = self.pids()
            for pid in pids:
                _signal(pid, number)
        self.process.wait(10)
        while any(_lives(pid) for pid in pids):
            time.sleep(0.005)

    def end(self) -> None:
        """Ask it to end, and wait."""
        self.process.terminate()
        self.process.wait(60)


def environment_of(folder: Path, url: str, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a service in this folder, with default workers and threads."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FEEDBACK_")}
    metrics = folder / "metrics"
    metrics.mkdir(exist_ok=True)
    return {
        **inherited,
        "FEEDBACK_DATA_DIR": str(folder),
        "FEEDBACK_DATABASE_URL": url,
        "FEEDBACK_SECRET_KEY": SECRET_KEY,
        "FEEDBACK_BIND": f"127.0.0.1:{port}",
        "FEEDBACK_LOG_LEVEL": "error",
        "FEEDBACK_WEBHOOK_ALLOW_HTTP": "true",
        "FEEDBACK_WEBHOOK_ALLOW_NETS": "127.0.0.0/8",
        # As `serve` does: counting over several processes is part of the cost.
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        **more,
    }


def started(command: tuple[str, ...], environment: Mapping[str, str]) -> Server:
    """Start a command; it listens where FEEDBACK_BIND says."""
    port = int(environment["FEEDBACK_BIND"].rpartition(":")[2])
    process = subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL)
    return Server(process, port)


@contextmanager
def running(command: tuple[str, ...], environment: Mapping[str, str]) -> Iterator[Server]:
    """Run a server that answers requests, and end it."""
    server = started(command, environment)
    try:
        server.wait_until_ready()
        yield server
    except BaseException:
        server.kill()
        raise
    server.end()


def free_port() -> int:
    """Return a loopback port that was free just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when something accepts connections. Raises TimeoutError, RuntimeError as above."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the receiver ended with {process.returncode}")
        with socket.socket() as visitor:
            if visitor.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the receiver does not listen")


def cpu_s(root: int) -> float:
    """Return the processor seconds a process and its descendants used so far, ended ones too."""
    ticks = 0
    for pid in _tree(root):
        # After the command's name, which may hold spaces; fields 14 to 17 of proc(5).
        fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS_PER_S


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:  # grows while we walk it
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found.extend(int(child) for child in _text(task).split())
    return found


def _lives(pid: int) -> bool:
    """Tell whether a process holds anything still; a zombie holds its number only."""
    state = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(state) and state[0] not in {"Z", "X"}


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _text(path: Path) -> str:
    """Read a file of /proc; empty when its process is gone."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
