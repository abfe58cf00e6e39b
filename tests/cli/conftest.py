"""The commands as people call them, each with a data directory of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Call, RunningServe, called, environment_of


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A service that nobody has used yet, on SQLite."""
    return environment_of(tmp_path / "data")


@pytest.fixture
def call(environment: dict[str, str]) -> Call:
    """Call a command in this process."""
    return lambda *arguments: called(environment, *arguments)


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[RunningServe]:
    """A running `feedback-service serve` that answers requests."""
    with RunningServe(environment) as running:
        running.wait_until_ready()
        yield running
