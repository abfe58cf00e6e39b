"""Links for a mailing beside a bare loop that signs with the same library and writes the CSV.

python -m benchmarks.issue_links [--engine sqlite|postgresql] [--links 1000000]
"""

import argparse
import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from itsdangerous import Signer
from sqlalchemy import func, select

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.stage import LOOPBACK, SECRET_KEY, set_stage
from feedback_service.storage.engine.database import Database
from feedback_service.storage.schema import metadata
from feedback_service.usecases.inviting.batch import plan_mailing
from feedback_service.usecases.inviting.csv_list import Columns
from feedback_service.usecases.inviting.merge_fields import Urls
from feedback_service.usecases.inviting.write_links import Files, write_links
from feedback_service.usecases.service import open_service
from feedback_service.web.clock import now

_URLS: Final = Urls("https://feedback.shop.example/s/", "https://feedback.shop.example/u/")
_LOOK_EVERY_S: Final = 0.2
_MIB: Final = 1024 * 1024
_SIDES: Final = ("bare", "plain", "mail")


@dataclass(frozen=True, slots=True)
class Run:
    """wall_s, cpu_s: of the whole process, its start included."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def main() -> None:
    """Measure and print, or be one of the sides that are measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--side", choices=_SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side == "bare":
        sign_bare(chosen.folder)
    elif chosen.side is not None:
        issue(chosen.url, chosen.folder, chosen.side)
    else:
        with tempfile.TemporaryDirectory(prefix="feedback-links-") as folder:
            compare(chosen.engine, Path(folder), chosen.links)


def compare(engine: EngineName, folder: Path, links: int) -> None:
    """Run each side once, the bare loop before and after, and print the ratios."""
    write_list(folder / "people.csv", links)
    with fresh_database(engine, folder) as url:
        print(description(url))
        set_stage(url, "http://127.0.0.1:9/hook").service.database.dispose()
        before = row_counts(url)
        bare = [measured("bare", folder, url)]
        runs = {side: measured(side, folder, url) for side in _SIDES[1:]}
        bare.append(measured("bare", folder, url))
        after = row_counts(url)
    wall_s = sum(run.wall_s for run in bare) / 2
    cpu_s = sum(run.cpu_s for run in bare) / 2
    print(f"{'bare':8} {links / wall_s:9,.0f} links/s  {bare[0].peak_bytes / _MIB:6.1f} MiB")
    for side, run in runs.items():
        rate, memory = links / run.wall_s, run.peak_bytes / _MIB
        ratios = f"{wall_s / run.wall_s:.2f} of bare ({cpu_s / run.cpu_s:.2f} by CPU)"
        print(f"{side:8} {rate:9,.0f} links/s  {memory:6.1f} MiB  {ratios}, {run.wall_s:.1f} s")
    grown = {name: after[name] - count for name, count in before.items() if after[name] > count}
    print(f"rows written, both mailings: {grown}")


def measured(side: str, folder: Path, url: str) -> Run:
    """Run one side as a process of its own, looking at its memory."""
    command = [sys.executable, "-m", "benchmarks.issue_links"]
    options = ["--side", side, "--folder", str(folder), "--url", url]
    began_s = time.monotonic()
    cpu_before = os.times()
    process = subprocess.Popen([*command, *options])
    peak = 0
    while process.poll() is None:
        peak = max(peak, pss_bytes(process.pid))
        time.sleep(_LOOK_EVERY_S)
    assert process.returncode == 0, f"{side} failed"
    cpu = os.times()
    cpu_s = cpu.children_user + cpu.children_system
    cpu_s -= cpu_before.children_user + cpu_before.children_system
    return Run(time.monotonic() - began_s, cpu_s, peak)


def pss_bytes(pid: int) -> int:
    """Return the proportional set size of a process, 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def write_list(path: Path, people: int) -> None:
    """Write a list with ids and mail addresses."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["name", "customer_id", "email", "plan"])
        for number in range(people):
            plan = ("free", "pro", "team")[number % 3]
            lines.writerow(
                [f"Person {number}", f"cust_{number:07d}", f"person.{number}@example.com", plan]
            )


def sign_bare(folder: Path) -> None:
    """Read the list, sign each id, write the list with a link: nothing else."""
    signer = Signer(SECRET_KEY, salt=b"bare", key_derivation="hmac", digest_method=hashlib.sha256)
    with (
        (folder / "people.csv").open(encoding="utf-8", newline="") as people,
        (folder / "bare.csv").open("w", encoding="utf-8", newline="") as out,
    ):
        lines = csv.writer(out)
        for row in csv.reader(people):
            token = signer.sign(row[1]).decode()
            lines.writerow([*row, token, _URLS.survey + token])


def issue(url: str, folder: Path, side: str) -> None:
    """Issue the links as the command does. mail: with the mail address as the person's id."""
    service = open_service(url, (SECRET_KEY,), LOOPBACK, connections=2)
    wish = {"survey": "nps", "campaign": f"benchmark-{side}"}
    mailing = plan_mailing(service, 1, wish)
    columns = Columns(id="email" if side == "mail" else "customer_id", traits=("plan",))
    files = Files(folder / "people.csv", folder / f"{side}.csv")
    for reached in write_links(service, mailing, columns, _URLS, files, now):
        last = reached
    assert last.tally.issued == last.tally.rows > 0
    service.database.dispose()


def row_counts(url: str) -> dict[str, int]:
    """Return how many rows each table has."""
    database = Database(url, connections=1)
    with database.read() as connection:
        found = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    database.dispose()
    return found


if __name__ == "__main__":
    main()
