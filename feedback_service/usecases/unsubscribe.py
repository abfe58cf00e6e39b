"""Unsubscribe the person a link was sent to."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.access.tokens import Token
from feedback_service.domain.alerting.deliveries import Delivery
from feedback_service.domain.alerting.events import UNSUBSCRIBED
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.errors import TokenInvalid
from feedback_service.domain.ids import new_id
from feedback_service.domain.projects import Project
from feedback_service.domain.respondents import Respondent
from feedback_service.storage import counts, respondents, surveys
from feedback_service.storage.dispatch import outbox, webhooks
from feedback_service.usecases.recognise import recognise_token
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is written to by whom, through which link. locale: of the link, or None."""

    project: Project
    respondent: str
    locale: str | None
    token: Token


def subscription_of(service: Service, text: str, now: datetime) -> Subscription:
    """Return what a link, however old, may end; reads only.

    Raises TokenInvalid (also for a link to nobody in particular), TokenRevoked, StorageUnavailable,
    and TokenExpired for a customer's JWT.
    """
    snapshot = service.catalog.current()
    token = recognise_token(service, snapshot, text, now, expired_too=True)
    if token.respondent is None:
        raise TokenInvalid
    project = snapshot.project(token.project_id)
    assert project is not None, "a recognised token belongs to a project"
    return Subscription(project, token.respondent, token.locale, token)


def unsubscribe(service: Service, text: str, now: datetime) -> Subscription:
    """Send the link's person no more surveys, and tell the webhooks that ask for it, once.

    Doing it again changes nothing. Raises what `subscription_of` raises.
    """
    ended = subscription_of(service, text, now)
    project_id = ended.project.id
    with service.database.write() as connection:
        person, is_new = respondents.set_unsubscribed(connection, project_id, ended.respondent, now)
        if is_new:
            survey = surveys.current(connection, project_id, ended.token.survey)
            if survey is not None:
                counts.unsubscribed(connection, ended.token, survey.id, now.date())
            for webhook in webhooks.every(connection, project_id, service.vault):
                if UNSUBSCRIBED in webhook.events:
                    outbox.add(connection, _news(webhook, person, now))
    return ended


def _news(webhook: Webhook, person: Respondent, now: datetime) -> Delivery:
    traits = dict(person.traits)
    return Delivery(
        id=new_id("msg", now),
        project_id=person.project_id,
        webhook_id=webhook.id,
        type=UNSUBSCRIBED,
        event_at=now,
        created_at=now,
        subject={"respondent": {"ref": person.ref, "email": person.email, "traits": traits}},
        status="pending" if webhook.status == "active" else "held",
        next_at=now,
    )
