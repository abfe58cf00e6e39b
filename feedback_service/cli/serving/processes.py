"""The supervisor of `serve`: starts processes, restarts what may be restarted, ends them all.

It imports nothing heavy: it lives as long as the service and should cost next to no memory.
Its processes look once a second whether it still lives, so that even kill -9 leaves no orphan.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from feedback_service.cli.serving.signals import STOP_SIGNALS, Signals

# Longer than gunicorn's graceful timeout and than the dispatcher's last attempts.
GRACE_S: Final = 35.0
_TICK_S: Final = 1.0
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
# A process that lived this long starts with a short pause again.
_HEALTHY_AFTER_S: Final = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Program:
    """command: arguments of feedback-service. vital: its end ends everything."""

    name: str
    command: tuple[str, ...]
    vital: bool = False


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes]
    started_s: float
    pause_s: float = _FIRST_PAUSE_S
    due_s: float | None = field(default=None)  # when to start it again, None while it runs


def run_once(command: Sequence[str]) -> int:
    """Run a command of ours to its end; returns its exit code."""
    return subprocess.run(_argv(command), stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603  # our own program


class Supervisor:
    """say: tells the operator what happens to the processes."""

    def __init__(self, programs: Sequence[Program], say: Say) -> None:
        self._say = say
        self._signals = Signals([*STOP_SIGNALS, signal.SIGCHLD])
        self._running = [_started(program) for program in programs]

    def run(self) -> int:
        """Run until a stop signal (returns 0) or until a vital program ended (returns 1)."""
        while True:
            came = self._signals.wait(_TICK_S)
            if any(number in STOP_SIGNALS for number in came):
                self._say("stopping")
                self._end()
                return 0
            for running in self._running:
                if running.process.poll() is None:
                    continue
                if running.program.vital:
                    self._say(f"{running.program.name} ended, stopping everything")
                    self._end()
                    return 1
                self._revive(running)

    def _revive(self, running: _Running) -> None:
        """Start a program again after its pause, which doubles while it keeps ending."""
        now = monotonic()
        if running.due_s is None:
            if now - running.started_s > _HEALTHY_AFTER_S:
                running.pause_s = _FIRST_PAUSE_S
            running.due_s = now + running.pause_s
            code = running.process.returncode
            self._say(f"{running.program.name} ended ({code}), again in {running.pause_s:g} s")
            running.pause_s = min(2 * running.pause_s, _LONGEST_PAUSE_S)
        if now >= running.due_s:
            again = _started(running.program)
            running.process, running.started_s, running.due_s = again.process, now, None

    def _end(self) -> None:
        """Let every program end by itself; kill what has not after the grace or a second signal."""
        for running in self._running:
            # A dead leader's group (gunicorn's workers) has nobody else to tell it.
            if running.process.poll() is None:
                running.process.terminate()
            else:
                _signal_group(running.process, signal.SIGTERM)
        deadline = monotonic() + GRACE_S
        while any(_group_lives(running.process) for running in self._running):
            came = self._signals.wait(0.1)
            if monotonic() > deadline or any(number in STOP_SIGNALS for number in came):
                self._say("killing what is left")
                break
        for running in self._running:
            _signal_group(running.process, signal.SIGKILL)
            running.process.wait()


def _started(program: Program) -> _Running:
    # Groups of their own: Ctrl-C in a terminal reaches the supervisor only, which ends them well.
    process = subprocess.Popen(  # noqa: S603  # our own program
        _argv([*program.command, "--parent", str(os.getpid())]),
        stdin=subprocess.DEVNULL,
        process_group=0,
    )
    return _Running(program, process, monotonic())


def _argv(command: Sequence[str]) -> list[str]:
    # -P: a click.py or email.py in the folder where it is started is none of its modules.
    return [sys.executable, "-P", "-m", "feedback_service.cli.main", *command]


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # a zombie leader would count as life
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
