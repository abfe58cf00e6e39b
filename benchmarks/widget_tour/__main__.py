"""Try the widget as a site owner would: a running service, three pages, one tag each.

Sees every promise kept in Chromium, or says which is not (exit code 1); with --shots, takes
pictures of every kind of survey for people to look at. Needs Chromium.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from benchmarks.scanners.visits import chromium
from benchmarks.servers import SERVICE, environment_of, free_port, running
from benchmarks.widget_tour import looks, timing
from benchmarks.widget_tour.points import POINTS, Tour
from benchmarks.widget_tour.site import running_site
from benchmarks.widget_tour.surveys import documents


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=Path, help="an empty folder for the pictures")
    parser.add_argument("--port", type=int, help="of the service; the site takes the next")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return toured(Path(folder), wish.port or free_port(), wish.shots)


def toured(folder: Path, port: int, shots: Path | None) -> int:
    environment = environment_of(folder, f"sqlite:///{folder}/tour.db", port)
    command(environment, "migrate")
    project = json.loads(command(environment, "project", "create", "Oak Shop", "--json"))
    test = json.loads(command(environment, "key", "create", "--site", "--test", "--json"))
    surveys = folder / "surveys.json"
    surveys.write_text(json.dumps(documents()), encoding="utf-8")
    command(environment, "survey", "apply", str(surveys))
    keys = {"live": project["site_key"], "test": test["site_key"]}
    host = f"http://127.0.0.1:{port}"
    with (
        running((*SERVICE, "serve"), environment),
        running_site(0, host, keys) as site,
        chromium(shutil.which("chromium")) as browser,
    ):
        faults = seen(Tour(browser, host, site, project["secret_key"]))
        print(json.dumps(timing.measure(browser, site, 7)))
        if shots:
            shots.mkdir(parents=True, exist_ok=True)
            print(f"{looks.take(browser, site, shots)} pictures in {shots}")
    return 1 if faults else 0


def seen(tour: Tour) -> int:
    """Try every promise, and print which is kept; returns how many are not."""
    faults = 0
    for point in POINTS:
        try:
            point(tour)
        except (AssertionError, Error) as fault:
            faults += 1
            print(f"NOT  {point.__doc__}\n     {fault}")
        else:
            print(f"seen {point.__doc__}")
    return faults


def command(environment: Mapping[str, str], *words: str) -> Any:
    """Run a command of the service; return what it prints. Raises CalledProcessError."""
    ran = subprocess.run(
        [*SERVICE, *words], env=dict(environment), capture_output=True, text=True, check=True
    )
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
