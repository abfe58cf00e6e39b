"""Answers of any time and kind, written as rows, and the slow, obvious way to count them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from feedback_service.domain.measures.periods import Period
from feedback_service.domain.surveys import Survey
from feedback_service.storage import projects, schema
from feedback_service.storage.reports.counting import EVERYBODY, TRAIT
from feedback_service.storage.reports.daily import daily_counts, one_moment
from feedback_service.storage.reports.sweep import sweep
from feedback_service.usecases.service import Service
from tests.factories import NOW, rows

ZONE: Final = "America/New_York"
# Four days with the end of a month in them, and a day of 25 hours (1 November) after it.
START: Final = datetime(2020, 10, 30, 3, 0, tzinfo=UTC)
EVER: Final = Period(date(2020, 1, 1), date(2030, 1, 1))
_NUMBERS: Final = count()

# (day, survey, version, value, score) -> people
Counts = Counter[tuple[Any, int, int, str | None, int]]


def founded(service: Service, zone: str = ZONE) -> int:
    with service.database.write() as connection:
        return projects.add(connection, f"p{next(_NUMBERS)}", "Shop", zone, [], NOW)


def add_answer(service: Service, survey: Survey, at: datetime, score: int, **more: Any) -> str:
    """Write one answer as an import would; returns its id."""
    return add_answers(service, survey, [{"at": at, "score": score, **more}])[0]


def add_answers(service: Service, survey: Survey, given: Sequence[Mapping[str, Any]]) -> list[str]:
    """Write answers; each has `at`, `score` and any other column of responses."""
    made = [_row(survey, **one) for one in given]
    with service.database.write() as connection:
        connection.execute(insert(schema.responses), made)
    return [row["id"] for row in made]


def swept(service: Service, now: datetime) -> None:
    """Sweep until there is nothing more to count."""
    for _ in range(10_000):
        if not sweep(service.database, now):
            return
    raise AssertionError("the sweep never ends")


def reported(
    service: Service,
    surveys: list[Survey],
    dimension: str,
    *periods: Period,
    by_day: bool = True,
) -> Counts:
    """Count as reports do; the answers of a period on its first day unless by_day."""
    project = surveys[0].project_id
    zone = rows(service, schema.projects, id=project)[0]["timezone"]
    with one_moment(service.database) as connection:
        found = daily_counts(
            connection,
            project,
            zone,
            [one.id for one in surveys],
            dimension,
            periods,
            by_day=by_day,
        )
    counts: Counts = Counter()
    for one in found:
        for score, people in enumerate(one.scores):
            counts[one.day, one.survey_id, one.version_id, one.value, score] += people
    return +counts


def counted_by_hand(
    service: Service, surveys: list[Survey], dimension: str, period: Period
) -> Counts:
    """Count by looking at every row there is."""
    zone = ZoneInfo(rows(service, schema.projects, id=surveys[0].project_id)[0]["timezone"])
    counts: Counts = Counter()
    for row in rows(service, schema.responses, project_id=surveys[0].project_id):
        if row["score"] is None or row["scored_at"] is None or row["test"]:
            continue
        if row["excluded"] is not None or row["unconfirmed"] is not None:
            continue
        day = row["scored_at"].astimezone(zone).date()
        if row["survey_id"] in {one.id for one in surveys} and period.holds(day):
            value = _value(row, dimension)
            counts[day, row["survey_id"], row["version_id"], value, row["score"]] += 1
    return counts


def by_period(counts: Counts, periods: Sequence[Period]) -> Counts:
    """Put the answers of every period on its first day."""
    found: Counts = Counter()
    for (day, survey_id, version_id, value, score), people in counts.items():
        for period in periods:
            if period.holds(day):
                found[period.first, survey_id, version_id, value, score] += people
    return found


def _value(row: Mapping[str, Any], dimension: str) -> Any:
    if dimension == EVERYBODY:
        return None
    if dimension.startswith(TRAIT):
        return row["traits"].get(dimension.removeprefix(TRAIT))
    return row[dimension]


def _row(survey: Survey, at: datetime, score: int | None, **more: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(schema.responses.c.keys()),
        "id": f"rsp_{uuid4().hex[:26]}",
        "project_id": survey.project_id,
        "survey_id": survey.id,
        "version_id": survey.version_id,
        "token_id": uuid4().hex,
        "channel": "email",
        "traits": {},
        "answers": {},
        "tags": [],
        "complete": True,
        "test": False,
        "saves": 1,
        "score": score,
        "band": None,
        "created_at": at,
        "updated_at": at,
        "expires_at": at,
        "scored_at": None if score is None else at,
        **more,
    }
