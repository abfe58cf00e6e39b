"""Looking for words in comments by the engine's index, beside looking through the comments.

python -m benchmarks.words.search [--engine sqlite|postgresql] [--answers 1000000] [--rounds 9]

One answer in three has a comment; few are of one person and campaign. Every round asks each
question once of the app (whole request, 50 answers, warm) and once of the same database with LIKE,
as one writes it first; medians.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import select, text

from benchmarks.databases import ENGINES, EngineName
from benchmarks.reports_data import fill
from benchmarks.stage import one_survey
from feedback_service.storage.tables.responses import responses
from feedback_service.usecases.service import Service

# Words that come in few comments, in some, and in all.
_NUMBER: Final = "CAST(substr(id, 12) AS BIGINT)"
_WORDS: Final = (
    f"comment || ' rare' || ({_NUMBER} % 99991) || ' some' || ({_NUMBER} % 997) || "
    f"CASE WHEN {_NUMBER} % 2 = 0 THEN ' evening' ELSE ' morning' END"
)
QUESTIONS: Final[dict[str, dict[str, str]]] = {
    "in a few": {"q": "rare4711"},
    "in one of 1,000": {"q": "some42"},
    "in half": {"q": "evening"},
    "in all": {"q": "late"},
    "beginning, in all": {"q": "parc"},
    "two words": {"q": "evening some42"},
    "nowhere": {"q": "unheard"},
    "in all, of a survey and band": {"q": "late", "survey": "nps", "band": "promoter"},
    "in one of 1,000, of a channel": {"q": "some42", "channel": "sms"},
    "in all, of one person": {"q": "late", "respondent": "ann"},
    "in all, of a small campaign": {"q": "late", "campaign": "pilot"},
    "in all, in order of change": {"q": "late", "updated_since": "2020-01-01T00:00:00Z"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="word-search-") as name:
        _run(given.engine, Path(name), given.answers, given.rounds)


def _run(engine: EngineName, folder: Path, many: int, rounds: int) -> None:
    with one_survey(engine, folder) as made:
        service, survey = made.service, made.survey
        fill(made.url, survey, many)
        service.database.dispose()  # its connections do not know the statistics yet
        with service.database.write() as connection:
            if engine == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            few = f"CASE WHEN {_NUMBER} % 100003 < 4 THEN "
            own = f"respondent = {few}'ann' END, campaign = {few}'pilot' END"
            where = "WHERE comment IS NOT NULL"
            connection.execute(text(f"UPDATE responses SET comment = {_WORDS}, {own} {where}"))
        if engine == "postgresql":
            _vacuum(service)
        client = made.client()
        _compare(client, service, rounds)


def _vacuum(service: Service) -> None:
    with service.database.engine.connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        own.execute(text("SET statement_timeout = 0"))
        own.execute(text("VACUUM ANALYZE responses"))
    service.database.dispose()  # with it the connection whose statements may take for ever


def _compare(client: FlaskClient, service: Service, rounds: int) -> None:
    print(f"{'':30}{'ours, ms':>10}{'LIKE, ms':>10}{'worst':>8}{'found':>7}")
    for name, asked in QUESTIONS.items():
        ours, theirs, found = [], [], 0
        for number in range(rounds):
            ours.append(_ms(partial(_searched, client, asked)))
            if number < 3:
                theirs.append(_ms(partial(_looked_through, service, asked)))
        found = len(_searched(client, asked))
        own, other = statistics.median(ours[1:]), statistics.median(theirs[1:])
        print(f"{name:30}{own:10.1f}{other:10.1f}{max(ours[1:]):8.1f}{found:7}")


def _searched(client: FlaskClient, asked: dict[str, str]) -> list[Any]:
    reply = client.get("/v1/responses", query_string=asked)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    items: list[Any] = reply.get_json()["items"]
    return items


def _looked_through(service: Service, asked: dict[str, str]) -> None:
    query = select(responses).where(responses.c.project_id == 1)
    for word in asked["q"].split():
        query = query.where(responses.c.comment.icontains(word))
    for name in ("band", "channel", "respondent", "campaign"):
        if name in asked:
            query = query.where(responses.c[name] == asked[name])
    order: list[Any] = [responses.c.id.desc()]
    if "updated_since" in asked:
        order = [responses.c.updated_at, responses.c.id]
    with service.database.read() as connection:
        connection.execute(query.order_by(*order).limit(50)).all()


def _ms(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
