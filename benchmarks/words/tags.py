"""Listing answers by tag: by its index, and by looking through the answers' tags as before it.

python -m benchmarks.words.tags [--engine sqlite|postgresql] [--answers 200000] [--rounds 9]

Nine answers in twenty have a tag or two. Every round asks each question once of the app (whole
request, 50 answers, warm) and once of the same database without the index: from the newest answer
of the survey on, with the tag looked for in its JSON. Medians. At the end answers are inserted, as
capture does, with and without the triggers that keep the index, in turn, and never committed.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks.databases import ENGINES, EngineName
from benchmarks.reports_data import fill
from benchmarks.stage import NOW, one_survey
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses
from feedback_service.storage.engine.statements import Dialects, ManyRows
from feedback_service.usecases.service import Service

_NUMBER: Final = "CAST(substr(id, 12) AS BIGINT)"
# SQL: which answers have which tags. {many}: how many there are.
_TAGS: Final = (
    f"""CASE WHEN {_NUMBER} < 2000 THEN '["old"]' """
    f"""WHEN {_NUMBER} % 9973 = 0 THEN '["rare"]' """
    f"""WHEN {_NUMBER} % 20 = 0 THEN '["some", "common"]' """
    f"""WHEN {_NUMBER} % 20 < 9 THEN '["common"]' ELSE '[]' END"""
)
QUESTIONS: Final[dict[str, dict[str, str]]] = {
    "a common tag": {"tag": "common"},
    "one in twenty": {"tag": "some"},
    "a rare one": {"tag": "rare"},
    "only in the oldest": {"tag": "old"},
    "nowhere": {"tag": "none"},
    "common, survey and band": {"tag": "common", "survey": "nps", "band": "promoter"},
    "rare, of one channel": {"tag": "rare", "channel": "sms"},
    "rare, in order of change": {"tag": "rare", "updated_since": "2020-01-01T00:00:00Z"},
    "common, in order of change": {"tag": "common", "updated_since": "2020-01-01T00:00:00Z"},
    "common, with a word": {"tag": "common", "q": "late"},
    "rare, with a word in a third": {"tag": "rare", "q": "late"},
}
_ARRIVING: Final = 5_000
_AT_ONCE: Final = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--answers", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tags-") as name:
        _run(given.engine, Path(name), given.answers, given.rounds)


def _run(engine: EngineName, folder: Path, many: int, rounds: int) -> None:
    with one_survey(engine, folder) as made:
        service, survey = made.service, made.survey
        fill(made.url, survey, many)
        service.database.dispose()  # its connections do not know the statistics yet
        _tag(service)
        client = made.client()
        _compare(client, service, survey, rounds)
        _arrive(service, survey, rounds)


def _tag(service: Service) -> None:
    """Give the answers their tags, words that can be found, and the planners their statistics."""
    tags = _TAGS if service.database.is_sqlite else f"CAST({_TAGS} AS jsonb)"
    with service.database.write() as connection:
        if not service.database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(
            text(f"UPDATE responses SET tags = {tags}, comment = comment || ' or so'")
        )
    with service.database.engine.connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        if not service.database.is_sqlite:
            own.execute(text("SET statement_timeout = 0"))
        own.execute(text("ANALYZE" if service.database.is_sqlite else "VACUUM ANALYZE"))
    service.database.dispose()


def _compare(client: FlaskClient, service: Service, survey: Survey, rounds: int) -> None:
    print(f"{'':30}{'ours, ms':>10}{'JSON, ms':>10}{'worst':>8}{'found':>7}")
    for name, asked in QUESTIONS.items():
        ours, theirs = [], []
        for number in range(rounds):
            ours.append(_ms(partial(_listed, client, asked)))
            if number < 4:
                theirs.append(_ms(partial(_looked_through, service, survey, asked)))
        found = len(_listed(client, asked))
        own, other = statistics.median(ours[1:]), statistics.median(theirs[1:])
        print(f"{name:30}{own:10.1f}{other:10.1f}{max(ours[1:]):8.1f}{found:7}")


def _listed(client: FlaskClient, asked: dict[str, str]) -> list[Any]:
    reply = client.get("/v1/responses", query_string=asked)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    items: list[Any] = reply.get_json()["items"]
    return items


def _looked_through(service: Service, survey: Survey, asked: dict[str, str]) -> None:
    is_tagged = "tags @> jsonb_build_array(CAST(:tag AS text))"
    if service.database.is_sqlite:
        is_tagged = "tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = :tag)"
    more = "".join(f" AND {name} = :{name}" for name in ("band", "channel") if name in asked)
    if "q" in asked:
        more += " AND lower(comment) LIKE '%' || :q || '%'"
    order = "updated_at, id" if "updated_since" in asked else "id DESC"
    query = (
        f"SELECT * FROM responses WHERE survey_id = {survey.id} AND {is_tagged}{more} "
        f"ORDER BY {order} LIMIT 51"
    )
    with service.database.read() as connection:
        connection.execute(text(query), asked).all()


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """Inserts answers as capture does, so many a statement."""

    service: Service
    survey: Survey

    def __call__(self, round_: int) -> float:
        """Return the seconds that the database took, without the disk: nothing is committed."""
        dialects = Dialects(self.service.database.is_sqlite)
        insert = ManyRows(responses.ready_insert(dialects))
        rows = [responses.ready_row(dialects, self._one(n, round_)) for n in range(_ARRIVING)]
        with self.service.database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            cursor = self.service.database.bare_cursor(driver)
            cursor.execute("BEGIN")
            began = time.perf_counter()
            for first in range(0, _ARRIVING, _AT_ONCE):
                insert.execute(cursor, rows[first : first + _AT_ONCE])
            took = time.perf_counter() - began
            cursor.execute("ROLLBACK")
        return took

    def _one(self, number: int, round_: int) -> Response:
        at = NOW + timedelta(hours=round_, milliseconds=number)
        survey = self.survey
        return Response(
            new_id("rsp", at), survey.project_id, survey.id, survey.version_id,
            f"arriving-{round_}-{number}", "widget", at, at, at + timedelta(days=90),
            score=number % 11, band="passive", complete=True, scored_at=at, completed_at=at,
        )  # fmt: skip


def _arrive(service: Service, survey: Survey, rounds: int) -> None:
    triggers = _triggers(service)
    arrivals = _Arrivals(service, survey)
    with_index, without = [], []
    for number in range(rounds):
        with_index.append(arrivals(2 * number))
        _run_all(service, [drop for drop, _make in triggers])
        without.append(arrivals(2 * number + 1))
        _run_all(service, [make for _drop, make in triggers])
    ratios = [a / b for a, b in zip(with_index[1:], without[1:], strict=True)]
    each = 1e6 / _ARRIVING
    print(
        f"an answer that arrives: {each * statistics.median(with_index):.0f} µs, "
        f"without the triggers {each * statistics.median(without):.0f} µs; "
        f"ratio {statistics.median(ratios):.3f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )


def _triggers(service: Service) -> list[tuple[str, str]]:
    """Return (how to drop, how to make) of the triggers that keep the index."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tagged_%'"
    on = ""
    if not service.database.is_sqlite:
        query = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'tagged_%'"
        on = " ON responses"
    with service.database.read() as connection:
        found = connection.execute(text(query)).all()
    assert len(found) == 3
    return [(f"DROP TRIGGER {name}{on}", made) for name, made in found]


def _run_all(service: Service, statements: list[str]) -> None:
    with service.database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _ms(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
