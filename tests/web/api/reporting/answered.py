"""A shop whose surveys were answered, as reports see it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from flask.testing import FlaskClient

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from tests.storage.reports.answering import add_answers
from tests.web.calling import Headers

# A Monday, long past: `to` and `from` are always given here.
MONDAY: Final = date(2026, 3, 2)


def at(day: int, hour: int = 12) -> datetime:
    """Return an hour so many days after MONDAY."""
    return datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, tzinfo=UTC) + timedelta(days=day)


def day(number: int) -> str:
    return (MONDAY + timedelta(days=number)).isoformat()


def answer_all(
    service: Service, survey: Survey, scores: Mapping[int, int], on: int = 0, **more: Any
) -> None:
    """Write answers of one day. scores: score -> how many."""
    given = [
        {"at": at(on), "score": s, **more} for s, people in scores.items() for _ in range(people)
    ]
    add_answers(service, survey, given)


def report(client: FlaskClient, owner: Headers, what: str, **query: Any) -> Any:
    """Return a report of the fortnight from MONDAY unless told otherwise; it must go well."""
    asked = {"from": day(0), "to": day(13), **query}
    reply = client.get(f"/v1/reports/{what}", query_string=asked, headers=owner)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return reply.get_json()


def values(segments: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [one["value"] for one in segments]
