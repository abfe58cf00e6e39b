"""How long the server takes for each page of the dashboard, with answers by the hundred thousand.

Fills a database with the demo's long past, logs an admin in, and asks for every page once a round
(whole request through the app, HTML included, without a network); medians and worst of the rounds,
after one that warms up. The processor's share is what stays on a machine that others keep busy.
"""

import argparse
import logging
import re
import statistics
import tempfile
import time
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import structlog
from flask.testing import FlaskClient
from sqlalchemy import delete

from benchmarks.dashboard.surveys import add_surveys
from benchmarks.databases import ENGINES, EngineName, description, fresh_database
from benchmarks.reports_data import fill
from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.demo.keys import DemoKeys
from feedback_service.demo.long_past.writing import write_past
from feedback_service.demo.places import Places
from feedback_service.demo.seed import seed
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.storage.reports.sweep import sweep
from feedback_service.storage.tables.reports import report_books, report_counts
from feedback_service.usecases.service import Service, open_service
from feedback_service.usecases.staff.keep_staff import StaffWish, add_staff, make_link

_SECRETS: Final = ("a-secret-key-of-the-benchmark-alone",)
_URL: Final = "http://127.0.0.1:8000"
_HOME: Final = "/dashboard/p/demo-shop/"
# The first page must come within this, in ms.
_TARGET_MS: Final = 300
PAGES: Final = {
    "overview, 30 days (the first page)": "",
    "overview, 12 months": "?period=12m",
    "what an open overview asks every 12 s": "live/overview",
    "journey, 90 days": "journey?period=90d",
    "segments, 90 days": "segments?period=90d",
    "segments by a trait, 90 days": "segments?period=90d&trait=plan",
    "responses": "responses",
    "responses, one survey and band": "responses?survey=nps&band=detractor",
    "responses with a word": "responses?q=refund",
    "one response": "responses/{response}",
    "words, 90 days": "words?period=90d",
    "outcomes": "outcomes",
    "follow-up": "cases?when=all",
    "surveys": "surveys",
    "one survey, its code and mail": "surveys/nps",
    "webhooks": "webhooks",
    "settings": "settings",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--answers", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--surveys", type=int, default=0, help="so many more, 40 answers each")
    parser.add_argument("--bulk", type=int, default=0, help="so many more answers to one survey")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dashboard-pages-") as name:
        sizes = given.answers, given.surveys, given.bulk
        _run(given.engine, Path(name), sizes, given.rounds)


def _run(engine: EngineName, folder: Path, sizes: tuple[int, int, int], rounds: int) -> None:
    with fresh_database(engine, folder) as url:
        print(description(url))
        outbound = OutboundPolicy((ip_network("127.0.0.0/8"),), allow_http=True)
        service = open_service(url, _SECRETS, outbound)
        many, surveys, bulk = sizes
        _fill(service, many)
        add_surveys(service, surveys, datetime.now(UTC))
        if bulk:
            _fill_bulk(service, url, bulk)
        settings = Settings(database_url=url, data_dir=folder, secret_keys=_SECRETS)
        client = create_app(settings, service).test_client()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        _log_in(service, client)
        _measure(client, rounds)
        service.database.dispose()


def _fill(service: Service, many: int) -> None:
    def past(service: Service, project_id: int, at: datetime) -> int:
        return write_past(service, project_id, many, at, lambda _done: None)

    places = Places("127.0.0.1", 8001, _URL, _URL, "http://127.0.0.1:8001")
    kept: DemoKeys | None = None
    began = time.perf_counter()
    seed(service, places, kept, datetime.now(UTC), past)
    print(f"{many:,} answers written in {time.perf_counter() - began:.0f} s")


def _fill_bulk(service: Service, url: str, many: int) -> None:
    """Add answers of three years to the demo's NPS: without people, and not searched by words."""
    began = time.perf_counter()
    project = service.catalog.current().projects()[0]
    survey = service.catalog.current().survey(project.id, "nps")
    assert survey is not None, "the demo has one"
    fill(url, survey, many)
    with service.database.write() as connection:
        # No trigger marked them, so all is counted anew.
        connection.execute(delete(report_counts))
        connection.execute(delete(report_books))
    while sweep(service.database, datetime.now(UTC)):
        pass
    print(f"{many:,} more written and counted in {time.perf_counter() - began:.0f} s")


def _log_in(service: Service, client: FlaskClient) -> None:
    at = datetime.now(UTC)
    add_staff(service, StaffWish("bench", "admin"), "benchmark", at)
    path = f"/dashboard/link/{make_link(service, 'bench', 'benchmark', at)}"
    proof = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert proof is not None
    assert client.post(path, data={"csrf": proof.group(1)}).status_code == 303


def _measure(client: FlaskClient, rounds: int) -> None:
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
    link = re.search(r"/responses/(rsp_\w+)", client.get(f"{_HOME}responses?q=refund").text)
    assert link is not None
    for _ in range(rounds + 1):
        for name, path in PAGES.items():
            taken[name].append(_ms(client, _HOME + path.format(response=link.group(1))))
    print(f"{'':40}{'ms':>8}{'worst':>8}{'of it CPU':>11}")
    medians: list[float] = []
    for name, times in taken.items():
        wall, cpu = zip(*times[1:], strict=True)
        medians.append(statistics.median(wall))
        print(f"{name:40}{medians[-1]:8.1f}{max(wall):8.1f}{statistics.median(cpu):11.1f}")
    print(f"first page {'holds' if medians[0] <= _TARGET_MS else 'MISSES'} {_TARGET_MS} ms")


def _ms(client: FlaskClient, path: str) -> tuple[float, float]:
    """Return what one page takes by the clock, and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    reply = client.get(path)
    assert reply.status_code == 200, (path, reply.status_code)
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)


if __name__ == "__main__":
    main()
