"""A long past: answers by the hundred thousand over two years, with a story in them.

The mood rises over the years, falls before Christmas and while the new checkout was broken, and
differs by plan and region: so every page of the dashboard has something true to show. It is the
same every time, as seen from the day on which it is made.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.demo.long_past.answering import answer_of, survey_of
from feedback_service.demo.long_past.asked import TOPICS
from feedback_service.demo.long_past.deeds import Fates
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import counts, responses
from feedback_service.storage.counts import Issued
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.storage.outcomes import outcomes
from feedback_service.storage.reports.sweep import sweep
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import put_survey

PAST_DAYS: Final = 730
_BLOCK: Final = 5_000
_DAY_S: Final = 86_400
# How many were asked for one who answered.
_ASKED: Final = {"email": (3, 9), "sms": (4, 12), "widget": (2, 6), "link": (1, 3), "api": (1, 2)}
_BANDS: Final = ("detractor", "dissatisfied", "high_effort")
_CASES: Final = 80
_LOOKED_AT: Final = 1_500
_OWNERS: Final = ("demo", "Ada", "Ben")
_NOTES: Final = (
    "Called back, was friendly. Refund is on its way.",
    "Wrote to them, no reply yet.",
    "Sent a new one by express, with an apology.",
)


def write_past(
    service: Service, project_id: int, many: int, now: datetime, told: Callable[[int], object]
) -> int:
    """Write surveys, answers and cases; told: hears of every block how many answers it had.

    Returns how many there are.
    """
    surveys = _surveys(service, project_id, now)
    rng = random.Random(11)  # noqa: S311  # every demo shows the same figures
    fate = random.Random(12)  # noqa: S311  # as above
    fates = Fates(fate, {one.id: one for one in surveys.values()})
    for block in _blocks(rng, many, now):
        made = [
            answer_of(rng, surveys[survey_of(rng)], number, at, (now - at).days)
            for number, at in block
        ]
        with service.database.write() as connection:
            responses.add_many(connection, made)
            counts.add(connection, [_issued(rng, one) for one in made])
            outcomes.put(connection, project_id, fates.of(made, now), now)
        told(len(made))
    _follow_up(service, project_id, rng, now)
    while sweep(service.database, now):
        pass
    return many


def _surveys(service: Service, project_id: int, now: datetime) -> Mapping[str, Survey]:
    found: dict[str, Survey] = {}
    for key, topic in TOPICS.items():
        if topic.document is not None:
            put_survey(service, project_id, key, dict(topic.document), now)
        survey = service.catalog.current().survey(project_id, key)
        assert survey is not None, "the surveys that every demo has were put before"
        found[key] = survey
    return found


def _blocks(rng: random.Random, many: int, now: datetime) -> Iterator[list[tuple[int, datetime]]]:
    """Return (number, time) of every answer, oldest first: more of them lately, few at night."""
    ages = sorted((_age_s(rng, now) for _ in range(many)), reverse=True)
    for first in range(0, many, _BLOCK):
        block = enumerate(ages[first : first + _BLOCK], first)
        yield [(number, now - timedelta(seconds=age)) for number, age in block]


def _age_s(rng: random.Random, now: datetime) -> float:
    midnight_s = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    days = int(PAST_DAYS * rng.random() ** 1.15)
    clock_s = min(_DAY_S - 1.0, max(0.0, rng.gauss(0.58, 0.18) * _DAY_S))
    age_s = midnight_s + days * _DAY_S - clock_s
    # Ends an hour ago, so that nothing made up is still open to a change.
    return age_s if age_s > 3_600 else age_s + _DAY_S


def _issued(rng: random.Random, one: Response) -> Issued:
    return Issued(
        survey_id=one.survey_id,
        day=one.created_at.date(),
        channel=one.channel,
        touchpoint=one.touchpoint,
        campaign=one.campaign,
        tokens=rng.randint(*_ASKED[one.channel]),
    )


def _follow_up(service: Service, project_id: int, rng: random.Random, now: datetime) -> None:
    """Let the team have followed up some of the low answers of the last weeks."""
    for band in _BANDS:
        wanted = Criteria(band=band)
        with service.database.read() as connection:
            low = pages.page(connection, project_id, wanted, _LOOKED_AT)
        with_words = [one for _key, one in low if one.comment]
        for one in rng.sample(with_words, min(_CASES, len(with_words))):
            _follow(service, project_id, rng, one, now)


def _follow(
    service: Service, project_id: int, rng: random.Random, one: Response, now: datetime
) -> None:
    """Open a case; the older it is, the further it has come."""
    owner = rng.choice(_OWNERS)
    steps: list[dict[str, Any]] = [
        {"actor": owner},
        {"actor": owner, "owner": owner},
        {"actor": owner, "status": "contacted", "note": rng.choice(_NOTES)},
        {"actor": owner, "status": "resolved"},
    ]
    age = (now - one.created_at) / timedelta(days=1)
    taken = sum(rng.random() < chance for chance in (1, 0.5 + age / 8, age / 6, age / 8))
    for number, step in enumerate(steps[:taken]):
        at = one.created_at + timedelta(minutes=1 + 70 * number * (1 + rng.random()))
        follow_case(service, project_id, one.id, step, min(at, now))
