"""Calls commands: in this process through click, or as processes that can be killed."""

import errno
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

import structlog
from click.testing import CliRunner, Result

from feedback_service.cli.main import cli

Call = Callable[..., Result]


def environment_of(data_dir: Path) -> dict[str, str]:
    """Return the environment of a small service on a port that was free just now."""
    return {
        "FEEDBACK_DATA_DIR": str(data_dir),
        "FEEDBACK_BIND": f"127.0.0.1:{free_port()}",
        "FEEDBACK_WORKERS": "2",
        "FEEDBACK_THREADS": "2",
        "FEEDBACK_PUBLIC_URL": "http://feedback.test",
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def called(environment: dict[str, str], *arguments: str) -> Result:
    """Call a command as a person would; nothing but click's own exit may end it."""
    with kept_logging():
        result = CliRunner().invoke(cli, list(arguments), env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@contextmanager
def kept_logging() -> Iterator[None]:
    """Put the log of this process back as it was: commands set it up for theirs."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def printed(result: Result) -> Any:
    """Return the JSON a command printed; it must have gone well."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def processes_below(parent: int) -> set[int]:
    """Return the ids of all descendants of a process, from /proc."""
    parents = {int(one.name): parent_of(int(one.name)) for one in Path("/proc").glob("[0-9]*")}
    found: set[int] = set()
    while more := {pid for pid, above in parents.items() if above in {parent, *found}} - found:
        found |= more
    return found


def parent_of(pid: int) -> int | None:
    """Return the parent of a process, None when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def command_of(pid: int) -> str:
    """Return the command line of a process, empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def eventually(is_so: Callable[[], object], within_s: float, what: str) -> None:
    """Wait until something is so; fail when it is not in time."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class RunningServe:
    """`feedback-service serve` as a process of its own, with what it wrote to stderr."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        host, _, port = environment["FEEDBACK_BIND"].rpartition(":")
        self.address = (host, int(port))
        self.log = Path(environment["FEEDBACK_DATA_DIR"]).with_name("serve.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "feedback_service.cli.main", "serve", *options],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
        self._seen: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave nothing behind, however the test ended."""
        left = self.family() | self._seen
        self.process.kill()
        self.process.wait()
        for pid in left:
            if "feedback_service.cli.main" in command_of(pid):
                os.kill(pid, signal.SIGKILL)

    def family(self) -> set[int]:
        """Return the ids of all its processes now, and remember them."""
        found = processes_below(self.process.pid)
        self._seen |= found
        return found

    def child(self, command: str) -> int | None:
        """Return the id of its child that runs this command, None while there is none."""
        wanted = f"cli.main {command} --parent {self.process.pid}"
        # gunicorn's workers have the command line of their parent.
        found = (pid for pid in self.family() if wanted in command_of(pid))
        return next((pid for pid in found if parent_of(pid) == self.process.pid), None)

    def status(self, path: str) -> int | None:
        """Return the status of a GET, None when nobody answers."""
        connection = HTTPConnection(*self.address, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        eventually(lambda: self.status("/readyz") == 200, 90, "it never became ready")
        self.family()

    def nobody_left(self) -> bool:
        """Tell whether all processes ever seen are gone and the port is free."""
        alive = [pid for pid in self._seen if "feedback_service.cli.main" in command_of(pid)]
        return not alive and self.refuses()

    def refuses(self) -> bool:
        """Tell whether nobody listens."""
        with socket.socket() as visitor:
            return visitor.connect_ex(self.address) == errno.ECONNREFUSED
