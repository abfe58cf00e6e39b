"""A day as a CRM administrator has it, in a minute and a half: did every low answer arrive?

Three endpoints: the Node receiver of docs/receivers.md with the official library, a Slack-shaped
one that is busy now and then, and one that is down from nine to ten. At half past two in the
afternoon the whole service is killed with kill -9 and started again. Everything is set up with the
command line, answered over HTTP, and judged by GET /v1/deliveries beside what the endpoints took.

python -m benchmarks.dispatch.day [--engine sqlite|postgresql] [--answers 2000] [--seconds 90]
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Final

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.dispatch.day.endpoints import (
    Endpoint,
    Taken,
    node_receiver,
    outage,
    slack,
    verifying,
)
from benchmarks.dispatch.day.people import Acknowledged, Visit, answer_all, visits
from benchmarks.dispatch.day.verdict import (
    Api,
    Away,
    errors,
    faults_of,
    faults_of_log,
    faults_of_taken,
    low_ids,
    waits_s,
)
from benchmarks.servers import SERVICE, Server, environment_of, free_port, started

_DOWN: Final = (9.0, 10.0)
_KILLED_AT: Final = 14.5
# The lease of a killed dispatcher must end before its claims are anybody's again.
_SETTLED_WITHIN_S: Final = 90.0
_DAY_S: Final = 86_400
_SURVEY: Final = [{"key": "nps", "metric": "nps", "settle_s": 0}]


@dataclass(frozen=True, slots=True)
class Day:
    """seconds: how long it takes. people: who answers. begin: on the monotonic clock."""

    seconds: float
    people: Sequence[Visit]
    begin: float

    def at(self, hour: float) -> float:
        """Return an hour of the day on the monotonic clock."""
        return self.begin + hour / 24 * self.seconds


def main() -> None:
    """Live through the day, print what was found; exit code 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--answers", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=90.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-day-") as folder:
        faults = drill(chosen.engine, Path(folder), chosen.answers, chosen.seconds)
    for fault in faults:
        print(f"FAILED: {fault}")
    print("every promise was kept" if not faults else f"{len(faults)} faults")
    sys.exit(1 if faults else 0)


def drill(engine: EngineName, folder: Path, answers: int, day_s: float) -> list[str]:
    """Live through the day; returns what went wrong, empty when all was as promised."""
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(engine, folder))
        print(description(url))
        scale = f"{day_s / _DAY_S:.6f}"
        environment = environment_of(folder, url, free_port(), FEEDBACK_RETRY_SCALE=scale)
        key = _called(environment, "project", "create", "Shop")["secret_key"]
        tokens = _tokens(environment, folder, answers)
        chat, crm, secrets = Taken(), Taken(), dict[str, str]()
        slack_shaped = Endpoint(slack(chat))
        unreliable = Endpoint(verifying(crm, lambda: secrets["down 9 to 10"]))
        node_port = free_port()
        places = {
            "node": (f"http://127.0.0.1:{node_port}/feedback", "standard"),
            "slack": (slack_shaped.url, "slack"),
            "down 9 to 10": (unreliable.url, "standard"),
        }
        ids = dict[str, str]()
        for name, (place, form) in places.items():
            added = _called(
                environment, "webhook", "add", place, "--event", "alert.detractor", "--format", form
            )
            ids[name], secrets[name] = added["webhook"], added["secret"]
        log = stack.enter_context(node_receiver(folder, secrets["node"], node_port))
        for endpoint in (slack_shaped, unreliable):
            endpoint.open()
            stack.callback(endpoint.shut)
        day = Day(day_s, visits(tokens), time.monotonic() + 5)
        api = Api(_port(environment), key)
        heard, found, away = _lived_through(environment, day, unreliable, api)
        faults = _judged(day, heard, found, ids, {"slack": chat, "down 9 to 10": crm}, log)
        return faults + _late(found, away)


def _lived_through(
    environment: Mapping[str, str], day: Day, unreliable: Endpoint, api: Api
) -> tuple[Acknowledged, list[dict[str, Any]], Away]:
    """Return who was acknowledged, the deliveries as the API shows them in the end, the gap."""
    servers = [_serving(environment)]
    try:
        down = outage(unreliable, day.at(_DOWN[0]), day.at(_DOWN[1]))
        killer = _Killer(environment, servers, day.at(_KILLED_AT))
        with killer:
            heard = answer_all(day.people, api.port, day.begin, day.seconds)
        down.join()
        over = time.monotonic()
        while any(api.deliveries(status="pending")):
            if time.monotonic() - over > _SETTLED_WITHIN_S:
                break
            time.sleep(0.25)
        print(
            f"{len(heard.ids)} answers acknowledged, pressed again {heard.again} times; "
            f"the service was away for {killer.away.seconds:.1f} s; "
            f"all settled {time.monotonic() - over:.1f} s after midnight"
        )
        return heard, list(api.deliveries()), killer.away
    finally:
        servers[-1].kill()


def _judged(
    day: Day,
    heard: Acknowledged,
    found: Sequence[dict[str, Any]],
    ids: Mapping[str, str],
    taken: Mapping[str, Taken],
    log: Path,
) -> list[str]:
    low = low_ids(day.people, heard)
    print(f"{len(low)} low answers, {len(found)} deliveries")
    faults = [] if len(heard.ids) == len(day.people) else ["not everybody was acknowledged"]
    for name, webhook_id in ids.items():
        ours = [one for one in found if one["webhook"] == webhook_id]
        faults += faults_of(name, ours, low)
        told = ""
        if name in taken:
            faults += faults_of_taken(name, ours, taken[name])
            repeats = sum(times - 1 for times in taken[name].times.values())
            told = f"took {len(taken[name].times)}, {repeats} of them again"
        else:
            faults += faults_of_log(name, log, low)
            told = f"acted on {len(low)}, each once" if not faults else "see below"
        print(f"{name}: {len(ours)} delivered, {told}; failed attempts {dict(errors(ours))}")
    return faults


def _late(found: Sequence[dict[str, Any]], away: Away) -> list[str]:
    """Say how soon after it was due news was first tried; a fault when that is not promptly."""
    waits, in_all = waits_s(found, away), waits_s(found)
    late = waits[int(0.95 * len(waits))]
    print(
        f"first attempt after it was due: p50 {waits[len(waits) // 2]:.2f} s, p95 {late:.2f} s; "
        f"longest {in_all[-1]:.1f} s, the kill included"
    )
    return [] if late < 1.0 else [f"first attempt {late:.2f} s after it was due (p95)"]


class _Killer:
    """Kills the service at its hour and starts it again; a context manager that waits for it."""

    def __init__(
        self, environment: Mapping[str, str], servers: list[Server], moment: float
    ) -> None:
        self._environment = environment
        self._servers = servers
        self._moment = moment
        self.away = Away(datetime.now(UTC), datetime.now(UTC))

    def __enter__(self) -> None:
        self._thread = Thread(target=self._run)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _run(self) -> None:
        time.sleep(max(0.0, self._moment - time.monotonic()))
        # What was answered a moment before may be under way.
        begin = datetime.now(UTC) - timedelta(seconds=1)
        self._servers[-1].kill()
        self._servers.append(_serving(self._environment))
        self.away = Away(begin, datetime.now(UTC))


def _serving(environment: Mapping[str, str]) -> Server:
    server = started((*SERVICE, "serve"), environment)
    server.wait_until_ready()
    return server


def _tokens(environment: Mapping[str, str], folder: Path, answers: int) -> list[str]:
    """Make the survey and a link for each person, as the owner of a list does."""
    survey, people, links = folder / "survey.json", folder / "people.csv", folder / "links.csv"
    survey.write_text(json.dumps(_SURVEY), encoding="utf-8")
    people.write_text("id\n" + "".join(f"cust_{n:05d}\n" for n in range(answers)), encoding="utf-8")
    _called(environment, "survey", "apply", str(survey))
    _called(
        environment, "tokens", "issue", "--survey", "nps", "--csv", str(people), "--out", str(links)
    )
    with links.open(encoding="utf-8", newline="") as file:
        return [row["token"] for row in csv.DictReader(file)]


def _called(environment: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """Call a command as a person would; returns what it prints for programs."""
    done = subprocess.run(
        [*SERVICE, *arguments, "--json"], env=dict(environment), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.decode()}")
    found = json.loads(done.stdout)
    return found if isinstance(found, dict) else {"items": found}


def _port(environment: Mapping[str, str]) -> int:
    return int(environment["FEEDBACK_BIND"].rpartition(":")[2])


if __name__ == "__main__":
    main()
