"""Behind a word or tag on the page of words are exactly as many answers as it says."""

import html
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from feedback_service.domain.surveys import Survey
from feedback_service.storage import catalog, schema
from feedback_service.usecases.reporting import hearing
from feedback_service.usecases.service import Service
from tests.factories import make_survey
from tests.storage.reports.answering import add_answers
from tests.web.dashboard.browsing import HOME, Visitor, words_of
from tests.web.dashboard.conftest import LogIn

pytestmark = pytest.mark.slow

WORDS = ("parcel", "parcels", "Straße", "jusqu\u2019ici", "配送が遅い", "refund", "très")
LINK = re.compile(r'<a href="(/dashboard/p/shop/responses\?[^"]+)">([^<]+)</a></th>')
COUNT = re.compile(r'<td class="count">([\d,]+)')
# Zones whose days begin at other instants than those of UTC, one of them with a day of 25 hours.
DAYS = {"Pacific/Kiritimati": "2025-11-03", "America/New_York": "2025-11-02", "UTC": "2025-11-02"}


def put_zone(service: Service, zone: str) -> None:
    with service.database.write() as connection:
        connection.execute(update(schema.projects).values(timezone=zone))
        catalog.bump(connection)


def answer_round_midnight(service: Service, survey: Survey, seed: int = 5) -> None:
    """An answer every 20 minutes for five days, some of which count nowhere."""
    rng = random.Random(seed)
    at = datetime(2025, 10, 31, tzinfo=UTC)
    made: list[dict[str, Any]] = []
    for _ in range(360):
        at += timedelta(minutes=20)
        score = rng.choice(list(survey.definition.scale.points))
        band = survey.definition.bands.of_score[score]
        comment = " ".join(rng.choices(WORDS, k=rng.randrange(3)))
        more: dict[str, Any] = rng.choice([{}] * 7 + [{"test": True}, {"excluded": "a colleague"}])
        tags = rng.sample(("delivery", "a & b"), rng.choice((0, 1, 2)))
        made.append(
            {"at": at, "score": score, "band": band, "comment": comment or None, "tags": tags}
            | more
        )
    add_answers(service, survey, made)


def links(page: str) -> list[tuple[str, str, int]]:
    """Return (path, word or tag, how many it says) of all rows of the page."""
    numbers = [int(said.replace(",", "")) for said in COUNT.findall(page)]
    found = [(html.unescape(path), html.unescape(said)) for path, said in LINK.findall(page)]
    assert len(numbers) == len(found) > 0
    return [(*one, number) for one, number in zip(found, numbers, strict=True)]


def answers(visitor: Visitor, path: str) -> int:
    """Count the answers of a list, page by page, as somebody would who presses Older."""
    many, said = 0, None
    while True:
        page = visitor.see(path)
        many += page.count("/dashboard/p/shop/responses/rsp_")
        said = said or re.search(r"([\d,]+) answers? from", words_of(page))
        older = re.search(r'href="([^"]+)">Older<', page)
        if older is None:
            assert said is not None, "the page says how many there are"
            assert int(said.group(1).replace(",", "")) == many
            return many
        path = html.unescape(older.group(1))


@pytest.mark.parametrize("zone", DAYS)
def test_every_link_leads_to_as_many_answers_as_it_says(
    log_in: LogIn, service: Service, nps: Survey, zone: str
) -> None:
    put_zone(service, zone)
    answer_round_midnight(service, nps)
    visitor = log_in("agent")
    day = DAYS[zone]
    for days in (f"from={day}&to={day}", "from=2025-11-01&to=2025-11-04"):
        found = links(visitor.see(f"{HOME}words?survey=nps&{days}"))
        assert {"parcel", "parcels", "straße", "jusqu'ici", "配送", "delivery", "a & b"} <= {
            said for _path, said, _number in found
        }
        for path, said, number in found:
            assert answers(visitor, path) == number, (said, path)


def test_a_link_of_a_named_period_keeps_its_days(
    log_in: LogIn, service: Service, nps: Survey
) -> None:
    now = datetime.now(UTC)
    add_answers(service, nps, [{"at": now, "score": 3, "band": "detractor", "comment": "late"}])
    [(path, said, number)] = links(log_in("agent").see(f"{HOME}words?period=7d"))
    assert (said, number) == ("late", 1)
    assert re.search(r"from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d", path)
    assert "period" not in path


def test_links_of_very_many_comments_keep_to_the_newest(
    log_in: LogIn, service: Service, nps: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MOST_COMMENTS", 50)
    answer_round_midnight(service, nps)
    visitor = log_in("agent")
    page = visitor.see(f"{HOME}words?from=2025-11-01&to=2025-11-04")
    assert "the newest 50 of" in words_of(page)
    for path, said, number in links(page):
        assert answers(visitor, path) == number, said


def test_links_of_two_definitions_are_kept_apart(
    log_in: LogIn, service: Service, project_id: int
) -> None:
    older = make_survey(service, project_id, "csat", key="csat")
    newest = make_survey(service, project_id, "csat", key="csat", scale="satisfaction-3")
    for seed, version in enumerate((older, newest)):
        answer_round_midnight(service, version, seed)
    visitor = log_in("agent")
    found = links(visitor.see(f"{HOME}words?survey=csat&from=2025-11-01&to=2025-11-04"))
    assert {"version=1", "version=2"} <= {part for path, *_ in found for part in path.split("&")}
    for path, said, number in found:
        assert answers(visitor, path) == number, (said, path)


def test_other_filters_narrow_what_is_behind_a_link(
    log_in: LogIn, service: Service, nps: Survey
) -> None:
    answer_round_midnight(service, nps)
    visitor = log_in("agent")
    found = links(visitor.see(f"{HOME}words?from=2025-11-01&to=2025-11-04"))
    path, _said, number = next(one for one in found if one[1] == "parcel")
    both = answers(visitor, f"{path}&tag=delivery")
    assert 0 < both < number
    assert answers(visitor, f"{path}&channel=email") == number
    assert "Nothing fits" in visitor.see(f"{path}&channel=sms")


def test_days_alone_filter_by_the_project_s_calendar(
    log_in: LogIn, service: Service, nps: Survey
) -> None:
    put_zone(service, "America/New_York")
    edges = ("2025-11-02T03:59", "2025-11-02T04:00", "2025-11-03T04:59", "2025-11-03T05:00")
    for number, edge in enumerate(edges):
        at = datetime.fromisoformat(edge).replace(tzinfo=UTC)
        add_answers(service, nps, [{"at": at, "score": number, "comment": f"answer {number}"}])
    visitor = log_in("agent")
    page = words_of(visitor.see(f"{HOME}responses?from=2025-11-02&to=2025-11-02"))
    assert [f"answer {number}" in page for number in range(4)] == [False, True, True, False]
    assert "begins on" in visitor.see(f"{HOME}responses?from=2025-11-02&to=2025-11-01", 422)
