"""Seed the demo: a project, three surveys, a webhook and ninety days of made-up answers."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.demo.keys import DemoKeys
from feedback_service.demo.places import Places
from feedback_service.demo.sample_answers import COMMENT_RATES, SAMPLES, Sample
from feedback_service.demo.tag_rules import set_tag_rules
from feedback_service.domain.access.keys import key_digest
from feedback_service.domain.access.tokens import DEFAULT_LIFETIME, Token
from feedback_service.domain.ids import new_id
from feedback_service.domain.projects import Project, normal_origin
from feedback_service.domain.responses import Answer, Response, first_response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import catalog, counts, projects, responses
from feedback_service.storage.counts import Issued
from feedback_service.storage.dispatch import webhooks
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import put_survey
from feedback_service.usecases.setup.configure_webhook import add_webhook, change_webhook
from feedback_service.usecases.setup.found_project import found_project
from feedback_service.usecases.setup.issue_key import KeyWish, issue_key
from feedback_service.usecases.setup.set_policy import set_contact_policy

NAME: Final = "Demo Shop"
SLUG: Final = "demo-shop"
PAST_DAYS: Final = 90
_EVENTS: Final = [
    "alert.detractor",
    "alert.high_effort",
    "alert.dissatisfied",
    "response.completed",
]
# Alerts wait 5 s for a comment instead of a minute, so that one sees them come.
_SHARED: Final = {"settle_s": 5, "display": {"trigger": "manual"}}
# Whoever looks around answers the same survey again and again.
_ASK_AGAIN: Final = {"after_answer_days": 0, "after_decline_days": 0, "cap": 0}
SURVEYS: Final[dict[str, dict[str, Any]]] = {
    "nps": {"metric": "nps", "subject": NAME, **_SHARED},
    "csat": {
        "metric": "csat",
        "subject": "your order",
        "touchpoint": "checkout",
        "journey_stage": "purchase",
        **_SHARED,
    },
    "ces": {
        "metric": "ces",
        "task": "find what you need",
        "touchpoint": "support",
        "journey_stage": "support",
        **_SHARED,
    },
}


@dataclass(frozen=True, slots=True)
class Seeded:
    """added: how many answers were made up in this run, 0 when they were there already."""

    project: Project
    keys: DemoKeys
    added: int


# Makes up another past than the usual one; returns how many answers it has.
Past = Callable[[Service, int, datetime], int]


def seed(
    service: Service,
    places: Places,
    kept: DemoKeys | None,
    now: datetime,
    past: Past | None = None,
) -> Seeded:
    """Bring the demo into being, or back into shape; calling it again adds nothing.

    kept: the keys of an earlier run. Where they are lost, new ones are made.
    """
    project, secret_key, site_key = _project(service, places, kept, now)
    for key, document in SURVEYS.items():
        put_survey(service, project.id, key, document, now)
    set_contact_policy(service, project.id, _ASK_AGAIN)
    set_tag_rules(service, project.id, now)
    webhook_id, webhook_secret = _webhook(service, project.id, places, kept, now)
    if past is None:
        added = _add_answers(service, project.id, places, now)
    else:
        added = past(service, project.id, now) if _is_new(service, project.id) else 0
    return Seeded(project, DemoKeys(secret_key, site_key, webhook_id, webhook_secret), added)


def _project(
    service: Service, places: Places, kept: DemoKeys | None, now: datetime
) -> tuple[Project, str, str]:
    """Return the project, a secret key and a site key in force."""
    with service.database.read() as connection:
        project = projects.named(connection, SLUG)
    if project is None:
        founded = found_project(service, NAME, places.origins, "UTC", now)
        return founded.project, founded.secret_key, founded.site_key
    origins = [normal_origin(origin) for origin in places.origins]
    with service.database.write() as connection:
        if list(project.origins) != origins:
            projects.set_origins(connection, project.id, origins)
            catalog.bump(connection)
        site_key = projects.site_key_text(connection, project.id)
        secret = kept and projects.key_of_digest(connection, key_digest(kept.secret_key))
    if site_key is None:
        site_key = issue_key(service, project.id, KeyWish("site", name="demo"), now)
    if kept and secret and secret.project_id == project.id and secret.revoked_at is None:
        return project, kept.secret_key, site_key
    secret_key = issue_key(service, project.id, KeyWish("secret", name="demo"), now)
    return project, secret_key, site_key


def _webhook(
    service: Service, project_id: int, places: Places, kept: DemoKeys | None, now: datetime
) -> tuple[str, str]:
    """Return the id and secret of the webhook that leads to the shop's receiver."""
    found = None
    if kept is not None:
        with service.database.read() as connection:
            found = webhooks.find(connection, project_id, kept.webhook_id, service.vault)
    if kept is None or found is None:
        document = {"url": places.receiver, "events": _EVENTS, "description": "demo receiver"}
        webhook, secret = add_webhook(service, project_id, document, now)
        return webhook.id, secret
    if found.url != places.receiver:
        change_webhook(service, project_id, found.id, {"url": places.receiver}, now)
    return found.id, kept.webhook_secret


def _is_new(service: Service, project_id: int) -> bool:
    with service.database.read() as connection:
        return not pages.page(connection, project_id, Criteria(), 1)


def _add_answers(service: Service, project_id: int, places: Places, now: datetime) -> int:
    """Make up the past unless there is one, in one transaction; no webhook tells of it."""
    snapshot = service.catalog.current()
    rng = random.Random(7)  # noqa: S311  # every demo shows the same figures
    with service.database.write() as connection:
        if pages.page(connection, project_id, Criteria(), 1):
            return 0
        made: list[Response] = []
        issued: list[Issued] = []
        for key, sample in SAMPLES.items():
            survey = snapshot.survey(project_id, key)
            assert survey is not None, "the surveys were put just before"
            for response in _made_up(rng, survey, sample, places.shop, now):
                made.append(response)
                issued.append(_asked(rng, survey, response))
        for response in sorted(made, key=lambda one: one.created_at):
            responses.add(connection, response)
        counts.add(connection, issued)
    return len(made)


def _made_up(
    rng: random.Random, survey: Survey, sample: Sample, shop: str, now: datetime
) -> Iterator[Response]:
    definition = survey.definition
    scores = rng.choices(definition.scale.points, sample.weights, k=sample.answers)
    for number, score in enumerate(scores):
        # Ends an hour ago, so that nothing made up is still open to a change.
        at = now - timedelta(seconds=rng.randrange(3600, PAST_DAYS * 86_400))
        band = definition.bands.of_score[score]
        comment = None
        if rng.random() < COMMENT_RATES[definition.bands.names.index(band)]:
            comment = rng.choice(sample.comments[band])
        token = _token(rng, survey, number, at)
        page_url = f"{shop}/" if token.channel == "widget" else None
        answer = Answer(score, comment, complete=True, page_url=page_url, locale="en")
        response = first_response(token, survey, answer, new_id("rsp", at), at)
        yield replace(response, traits={"plan": rng.choice(("free", "free", "plus"))})


def _token(rng: random.Random, survey: Survey, number: int, at: datetime) -> Token:
    mailed = rng.random() < 0.4
    return Token(
        project_id=survey.project_id,
        token_id=f"demo-{survey.key}-{number}",
        survey=survey.key,
        channel="email" if mailed else "widget",
        issued_at=at,
        expires_at=at + DEFAULT_LIFETIME,
        respondent=f"customer-{rng.randrange(1000, 10_000)}" if mailed else None,
        campaign="newsletter" if mailed else None,
    )


def _asked(rng: random.Random, survey: Survey, response: Response) -> Issued:
    """Return how many were asked for one who answered: mails are answered more rarely."""
    return Issued(
        survey_id=survey.id,
        day=response.created_at.date(),
        channel=response.channel,
        touchpoint=response.touchpoint,
        campaign=response.campaign,
        tokens=rng.randint(4, 10) if response.channel == "email" else rng.randint(2, 6),
    )
