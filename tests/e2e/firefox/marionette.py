"""Drives the Firefox people have: by Marionette, the protocol below WebDriver, without a driver.

Playwright needs a Firefox of its own. Marionette is in every release: JSON over one connection, as
firefox-source-docs.mozilla.org/testing/marionette/Protocol.html describes it.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_START_S: Final = 60
# Its name in WebDriver for "this is an element of the page".
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
_PREFERENCES: Final = {
    "marionette.port": 0,  # any that is free; it says which in a file
    "ui.prefersReducedMotion": 1,
    "network.proxy.type": 0,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}


class MarionetteError(Exception):
    """Firefox could not do what it was told."""


def firefox_path() -> str | None:
    """Where Firefox is: FEEDBACK_FIREFOX, else on the PATH."""
    named = os.environ.get("FEEDBACK_FIREFOX")
    found = (shutil.which(name) for name in ("firefox-esr", "firefox"))
    return named or next((path for path in found if path), None)


@dataclass
class Firefox:
    """A running Firefox with one window."""

    connection: socket.socket
    said: int = 0

    def do(self, name: str, **parameters: Any) -> Any:
        """Run one command; return its value. Raises MarionetteError."""
        self.said += 1
        message = json.dumps([0, self.said, f"WebDriver:{name}", parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.heard()
        if error:
            raise MarionetteError(f"{name}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def heard(self) -> Any:
        """Return the next message: its length, a colon, JSON."""
        length = b""
        while not length.endswith(b":"):
            length += self._read(1)
        return json.loads(self._read(int(length[:-1])))

    def _read(self, how_many: int) -> bytes:
        found = b""
        while len(found) < how_many:
            part = self.connection.recv(how_many - len(found))
            if not part:
                raise MarionetteError("Firefox has closed the connection")
            found += part
        return found

    def open(self, url: str) -> None:
        self.do("Navigate", url=url)

    def run(self, script: str, *values: Any) -> Any:
        """Run the body of a function in the page; a promise is waited for."""
        return self.do("ExecuteScript", script=script, args=list(values))

    def resize(self, width: int, height: int) -> None:
        """Give the page this room."""
        self.do("SetWindowRect", width=width, height=height)
        spare = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight]")
        self.do("SetWindowRect", width=width + spare[0], height=height + spare[1])

    def find(self, selector: str, timeout_s: float = 10.0) -> str:
        """Return a visible element of the open card, as soon as there is one."""
        script = """const root = document.querySelector("[data-feedback]")?.shadowRoot
            const one = root?.querySelector(arguments[0])
            return one?.checkVisibility() ? one : null"""
        end = time.monotonic() + timeout_s
        while not (found := self.run(script, selector)):
            assert time.monotonic() < end, f"{selector} did not appear in time"
            time.sleep(0.05)
        reference: str = found[_ELEMENT]
        return reference

    def click(self, selector: str) -> None:
        """Click where a person would."""
        self.do("ElementClick", id=self.find(selector))

    def type(self, selector: str, text: str) -> None:
        self.do("ElementSendKeys", id=self.find(selector), text=text)

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is, one after the other."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])


@contextmanager
def running_firefox(path: str, **preferences: Any) -> Iterator[Firefox]:
    """Run a Firefox that was never used before, without a window on any screen."""
    with tempfile.TemporaryDirectory() as folder:
        lines = {**_PREFERENCES, **preferences}.items()
        text = "".join(f'user_pref("{name}", {json.dumps(value)});\n' for name, value in lines)
        Path(folder, "user.js").write_text(text, encoding="ascii")
        command = [path, "--headless", "--marionette", "--no-remote", "--profile", folder]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                with socket.create_connection(("127.0.0.1", _port(folder, process)), 30) as line:
                    firefox = Firefox(line)
                    firefox.heard()  # what it is and which protocol it speaks
                    firefox.do("NewSession")
                    yield firefox
            finally:
                process.terminate()


def _port(folder: str, process: subprocess.Popen[bytes]) -> int:
    """Return where it listens, as soon as it has written it down."""
    file = Path(folder, "MarionetteActivePort")
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise MarionetteError(f"Firefox ended with {process.returncode}")
        if file.exists() and (text := file.read_text(encoding="ascii").strip()):
            return int(text)
        time.sleep(0.05)
    raise MarionetteError(f"Firefox was not ready within {_START_S} s")
