"""The report on words at its largest: 5,000 comments in the period and 5,000 in the one before.

python -m benchmarks.words.report [--engine sqlite|postgresql] [--rounds 9]

Every round asks once for GET /v1/reports/words (whole request, warm), and once reads the same
comments with one query, takes them apart with one regular expression and counts the words of each
period, which is what one writes first: without bands, tags, stop words, intervals and changes.
Medians.
"""

import argparse
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks.databases import ENGINES, EngineName
from benchmarks.stage import NOW, one_survey
from feedback_service.demo.long_past.comments import THEMES, made_up
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses
from feedback_service.usecases.service import Service

_EACH: Final = 5_000
_DAYS: Final = 30
_ASKED: Final = {"survey": "nps", "from": "2026-10-25", "to": "2026-11-23"}
_WORD: Final = re.compile(r"\w+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="word-report-") as name:
        _run(given.engine, Path(name), given.rounds)


def _run(engine: EngineName, folder: Path, rounds: int) -> None:
    with one_survey(engine, folder) as made:
        service, survey = made.service, made.survey
        _fill(service, survey)
        client = made.client()
        _compare(client, service, rounds)


def _fill(service: Service, survey: Survey) -> None:
    rng = random.Random(20)
    step = timedelta(days=_DAYS) / _EACH
    made = [
        _one(rng, survey, number, NOW - step * (2 * _EACH - number - 0.5))
        for number in range(2 * _EACH)
    ]
    with service.database.write() as connection:
        responses.add_many(connection, made)
        connection.execute(text("ANALYZE"))


def _one(rng: random.Random, survey: Survey, number: int, at: datetime) -> Response:
    """Return an answer with two or three sentences."""
    score = rng.randrange(11)
    feeling = ("bad", "middle", "good")[(score > 6) + (score > 8)]  # the bands
    themes = rng.sample(tuple(THEMES), rng.choice((1, 2)))
    said = ". ".join(made_up(rng, feeling, theme) for theme in themes)  # type: ignore[arg-type]  # of a tuple of them
    return Response(
        new_id("rsp", at), survey.project_id, survey.id, survey.version_id, f"token-{number}",
        "email", at, at, at + timedelta(days=90),
        locale=rng.choice(("en", "en-GB", None, "de")), score=score,
        band=survey.definition.bands.of_score[score], comment=f"{said} \N{EM DASH} thanks.",
        tags=tuple(themes), complete=True, scored_at=at, completed_at=at,
    )  # fmt: skip


def _compare(client: FlaskClient, service: Service, rounds: int) -> None:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_ms(partial(_report, client)))
        theirs.append(_ms(partial(_counted, service)))
    own, other = statistics.median(ours[1:]), statistics.median(theirs[1:])
    print(
        f"report {own:.0f} ms (worst {max(ours[1:]):.0f}), bare count {other:.0f} ms, "
        f"ratio {own / other:.2f}"
    )


def _report(client: FlaskClient) -> None:
    reply = client.get("/v1/reports/words", query_string=_ASKED)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    found: dict[str, Any] = reply.get_json()
    assert found["looked_at"] == _EACH


def _counted(service: Service) -> None:
    query = text(
        "SELECT scored_at, comment FROM responses WHERE comment IS NOT NULL ORDER BY scored_at"
    )
    with service.database.read() as connection:
        rows = connection.execute(query).all()
    for period in (rows[:_EACH], rows[_EACH:]):
        words: Counter[str] = Counter()
        for _at, comment in period:
            words.update(set(_WORD.findall(comment.lower())))
        assert words.most_common(20)


def _ms(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
