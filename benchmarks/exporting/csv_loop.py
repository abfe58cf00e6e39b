"""Export as CSV beside a bare cursor loop that writes the same file, and what memory it takes.

python -m benchmarks.exporting.csv_loop [--engine sqlite|postgresql] [--answers 300000] [--rounds 3]
"""

import argparse
import csv
import json
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import psycopg

from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.reports_data import DAYS, START, fill
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.exporting.columns import NAMES
from feedback_service.usecases.exporting.export import export_responses
from feedback_service.usecases.exporting.writing import as_csv
from feedback_service.usecases.service import Service, open_service
from feedback_service.usecases.setup.configure_survey import put_survey
from feedback_service.usecases.setup.found_project import found_project

_NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
_SECRETS: Final = ("a-secret-key-of-the-benchmark-alone",)
_KIB: Final = 1024
_FREE: Final = (
    *("comment", "touchpoint", "campaign", "respondent"),
    *("locale", "page_url", "excluded", "token_id"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--answers", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="export-") as name:
        _run(given.engine, Path(name), given.answers, given.rounds)


def _run(engine: EngineName, folder: Path, many: int, rounds: int) -> None:
    with fresh_database(engine, folder) as url:
        print(description(url))
        service = open_service(url, _SECRETS, OutboundPolicy())
        project_id = found_project(service, "Shop", [], "UTC", _NOW).project.id
        survey, _ = put_survey(service, project_id, "nps", {"metric": "nps"}, _NOW)
        service.database.dispose()
        fill(url, survey, many)
        for name, export in (("a tenth", _tenth), ("all", _ours)):
            peaks = [_measured(export, url, project_id, folder / "ours.csv")[1] for _ in range(2)]
            print(f"exporting {name} takes {min(peaks) / _KIB:.1f} MiB at most")
        pairs = []
        for number in range(rounds + 1):
            ours = _measured(_ours, url, project_id, folder / "ours.csv")[0]
            bare = _measured(_bare, url, project_id, folder / "bare.csv")[0]
            if number:
                pairs.append((ours, bare))
        _must_be_equal(folder / "ours.csv", folder / "bare.csv")
        own, other = (median(column) for column in zip(*pairs, strict=True))
        print(f"ours {many / own:,.0f} rows/s, bare cursor loop {many / other:,.0f} rows/s")
        print(f"speed, of the bare loop's: {median(b / o for o, b in pairs):.2f}")


Export = Callable[[str, int, Path], None]


def _measured(export: Export, url: str, project_id: int, path: Path) -> tuple[float, int]:
    """Return seconds and the peak of the proportional set, KiB, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(export, url, project_id, path, sending))
    process.start()
    receiving.recv()
    peak = 0
    while not receiving.poll(0.1):
        peak = max(peak, _pss(process.pid))
    seconds: float = receiving.recv()
    process.join()
    return seconds, peak


def _child(export: Export, url: str, project_id: int, path: Path, sending: Any) -> None:
    sending.send("ready")
    start = time.perf_counter()
    export(url, project_id, path)
    sending.send(time.perf_counter() - start)


def _pss(pid: int | None) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:"), 0)


def _ours(url: str, project_id: int, path: Path) -> None:
    service: Service = open_service(url, _SECRETS, OutboundPolicy())
    with path.open("wb") as file:
        file.writelines(as_csv(export_responses(service, project_id, Criteria())))
    service.database.dispose()


def _tenth(url: str, project_id: int, path: Path) -> None:
    service: Service = open_service(url, _SECRETS, OutboundPolicy())
    last_tenth = Criteria(updated_since=START + timedelta(days=DAYS * 0.9))
    with path.open("wb") as file:
        file.writelines(as_csv(export_responses(service, project_id, last_tenth)))
    service.database.dispose()


def _bare(url: str, project_id: int, path: Path) -> None:
    """What one writes first: one query, one cursor, csv.writer. It holds its reading open."""
    is_sqlite = url.startswith("sqlite")
    query = _query()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        if is_sqlite:
            rows = sqlite3.connect(url.removeprefix("sqlite:///")).execute(query, (project_id,))
            writer.writerows(_as_written(row) for row in rows)
            return
        with (
            psycopg.connect(url.replace("+psycopg", "")) as connection,
            connection.cursor("bare") as cursor,
        ):
            cursor.itersize = 2_000
            cursor.execute(query.replace("?", "%s"), (project_id,))
            writer.writerows(_as_written(row) for row in cursor)


_INSTANTS_AT: Final = [at for at, name in enumerate(NAMES) if name.endswith("_at")]
_FREE_AT: Final = [NAMES.index(name) for name in _FREE]
_TRUTHS_AT: Final = [NAMES.index(name) for name in ("complete", "test", "unconfirmed")]
_DOCUMENTS_AT: Final = [NAMES.index(name) for name in ("tags", "answers", "traits")]


def _as_written(row: Any) -> list[Any]:
    cells = list(row)
    for at in _INSTANTS_AT:
        value = cells[at]
        if value is None:
            continue
        if isinstance(value, str):
            cells[at] = value.replace(" ", "T") + "Z"
        else:
            utc = value.astimezone(UTC).replace(tzinfo=None)
            cells[at] = utc.isoformat(timespec="microseconds") + "Z"
    for at in _FREE_AT:
        if cells[at] and cells[at][0] in "=+-@\t\r":
            cells[at] = "'" + cells[at]
    for at in _TRUTHS_AT:
        cells[at] = "true" if cells[at] else "false"
    for at in _DOCUMENTS_AT:
        if not isinstance(cells[at], str):
            cells[at] = json.dumps(cells[at], ensure_ascii=False)
    return cells


def _query() -> str:
    """Return the same columns. What a definition adds is joined where it can be, else constant."""
    joined = {
        "survey": "s.key",
        "survey_version": "v.version",
        "metric": "'nps'",
        "scale": "'likelihood-11'",
        "scale_low": "0",
        "scale_high": "10",
        "direction": "'high_is_good'",
        "bands": """'{"detractor": [0, 6], "passive": [7, 8], "promoter": [9, 10]}'""",
        "audience": "'customer'",
        "suspicion": "r.unconfirmed",
        "unconfirmed": "r.unconfirmed IS NOT NULL",
    }
    shown = ", ".join(joined.get(name, f"r.{name}") for name in NAMES)
    return (
        f"SELECT {shown} FROM responses r JOIN surveys s ON s.id = r.survey_id "
        "JOIN survey_versions v ON v.id = r.version_id "
        "WHERE r.project_id = ? ORDER BY r.updated_at, r.id"
    )


def _must_be_equal(ours: Path, bare: Path) -> None:
    """Compare row by row; JSON by what it says."""
    with ours.open(encoding="utf-8", newline="") as a, bare.open(encoding="utf-8", newline="") as b:
        for row, other in zip(csv.DictReader(a), csv.DictReader(b), strict=True):
            for name in ("tags", "answers", "traits", "bands"):
                row[name], other[name] = json.loads(row[name]), json.loads(other[name])
            assert row == other, (row, other)
    print("both wrote the same")


if __name__ == "__main__":
    main()
