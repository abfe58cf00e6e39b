"""Scanners over 1,000 links, then people: does a machine's answer ever count, a person's ever not?

python -m benchmarks.scanners.storm [--engine sqlite|postgresql] [--links 1000] [--browsers 20]
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.drills.traffic import Heard, receiver
from benchmarks.scanners.visits import (
    PATIENCE_S,
    answer_as_person,
    answer_by_hand,
    ask,
    at_once,
    chromium,
    follow_links,
    read_everything,
    run_and_send,
    send_first_form,
)
from benchmarks.servers import SERVICE, Server, environment_of, free_port, started
from benchmarks.stage import SCORES, set_stage
from feedback_service.storage.engine.database import Database

_HOW: Final = (
    "document.forms[0].submit()",
    "document.forms[0].requestSubmit()",
    "document.querySelector('button').click()",
)
_COUNTED: Final = "score IS NOT NULL AND unconfirmed IS NULL"
_TOLD_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Storm:
    """paths: of the links. browsers: how many of them a Chromium opens."""

    port: int
    url: str
    paths: list[str]
    browsers: int
    heard: Heard

    def found(self, where: str) -> int:
        """Count responses."""
        return self._number(f"SELECT count(*) FROM responses WHERE {where}")

    def deliveries(self) -> int:
        return self._number("SELECT count(*) FROM deliveries")

    def _number(self, query: str) -> int:
        database = Database(self.url, connections=1)
        with database.read() as connection:
            number = int(connection.execute(text(query)).scalar_one())
        database.dispose()
        return number


def main() -> None:
    """Storm, answer, print what was found; exit code 1 when anything counted wrongly."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--links", type=int, default=1_000)
    parser.add_argument("--browsers", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-storm-") as folder:
        faults = storm(chosen.engine, Path(folder), chosen.links, chosen.browsers)
    for fault in faults:
        print(f"FAILED: {fault}")
    sys.exit(1 if faults else 0)


def storm(engine: EngineName, folder: Path, links: int, browsers: int) -> list[str]:
    """Run it; returns what went wrong, empty when every answer was a person's."""
    heard = Heard()
    with fresh_database(engine, folder) as url, receiver(heard) as webhook_url:
        print(description(url))
        stage = set_stage(url, webhook_url)
        paths = [f"/s/{token}" for token in stage.tokens(links)]
        stage.service.database.dispose()
        server = started((*SERVICE, "serve"), environment_of(folder, url, free_port()))
        try:
            _wait_until_ready(server)
            running = Storm(server.port, url, paths, browsers, heard)
            return _scanned(running) + _answered(running)
        finally:
            server.kill()


def _scanned(storm: Storm) -> list[str]:
    """Let every kind of scanner loose; returns what counted though it must not."""
    port = storm.port
    timed("GET and HEAD", lambda: sum(at_once(lambda p: read_everything(port, p), storm.paths, 16)))
    timed("links followed", lambda: sum(at_once(lambda p: follow_links(port, p), storm.paths, 16)))
    timed("forms sent", lambda: len(at_once(lambda p: send_first_form(port, p), storm.paths, 16)))
    timed(
        "forms sent after waiting",
        lambda: len(at_once(lambda p: send_first_form(port, p, PATIENCE_S), storm.paths, 60)),
    )
    with chromium(shutil.which("chromium")) as browser:
        for number, path in enumerate(storm.paths[: storm.browsers]):
            how = _HOW[number % len(_HOW)]
            run_and_send(browser, f"http://127.0.0.1:{port}{path}?score=0", how)
    print(f"{storm.browsers} browsers ran the page and sent its form")
    counted, doubted = storm.found(_COUNTED), storm.found("unconfirmed IS NOT NULL")
    told = storm.deliveries() + len(storm.heard.told)
    print(f"after the storm: {counted} counted, {told} told, {doubted} unconfirmed")
    return _unless(counted == 0, f"{counted} answers of machines counted") + _unless(
        told == 0, f"{told} deliveries of machines' answers"
    )


def _answered(storm: Storm) -> list[str]:
    """Let a person answer every link; returns whose answer did not count."""
    scores = [SCORES[number % len(SCORES)] for number in range(len(storm.paths))]
    by_hand, by_press = storm.paths[: storm.browsers], storm.paths[storm.browsers :]
    paints = []
    with chromium(shutil.which("chromium")) as browser:
        for path, score in zip(by_hand, scores, strict=False):
            url = f"http://127.0.0.1:{storm.port}{path}?score={score}"
            paints.append(answer_by_hand(browser, url))
    rest = list(zip(by_press, scores[storm.browsers :], strict=True))
    timed(
        "people without script",
        lambda: len(at_once(lambda pair: answer_as_person(storm.port, *pair), rest, 60)),
    )
    html = ask(storm.port, "GET", storm.paths[-1])[1]
    print(f"page: {len(html.encode())} bytes, first paint {statistics.median(paints):.0f} ms")
    counted, expected = storm.found(_COUNTED), len(storm.paths)
    right = sum(
        storm.found(f"{_COUNTED} AND score = {score}") == scores.count(score)
        for score in set(scores)
    )
    low = scores.count(min(SCORES))
    deadline = time.monotonic() + _TOLD_WITHIN_S
    while len(storm.heard.told) < low and time.monotonic() < deadline:
        time.sleep(0.2)
    print(f"after the people: {counted} of {expected} counted, {len(storm.heard.told)} alerts")
    return (
        _unless(counted == expected, f"{expected - counted} answers of people do not count")
        + _unless(right == len(set(scores)), "scores are not those that people gave")
        + _unless(
            len(storm.heard.told) == low, f"{len(storm.heard.told)} alerts for {low} low scores"
        )
    )


def _wait_until_ready(server: Server) -> None:
    """Be patient with a machine that does much else."""
    try:
        server.wait_until_ready()
    except TimeoutError:
        server.wait_until_ready()


def timed(what: str, work: Any) -> None:
    """Do it and say how many it were and how long they took."""
    start = time.monotonic()
    number = work()
    print(f"{number} {what} in {time.monotonic() - start:.0f} s", flush=True)


def _unless(right: bool, fault: str) -> list[str]:
    return [] if right else [fault]


if __name__ == "__main__":
    main()
