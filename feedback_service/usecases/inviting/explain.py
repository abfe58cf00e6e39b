"""Explain why a person is asked, or not, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.contact_policy import Contact, ContactPolicy, Verdict
from feedback_service.domain.respondents import check_ref
from feedback_service.storage.asking import contacts
from feedback_service.storage.asking.contacts import Override
from feedback_service.usecases.inviting.decide import history_of, may_show
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import find_survey


@dataclass(frozen=True, slots=True)
class Eligibility:
    """A verdict on one person and survey, with all it rests on. contacts: newest first."""

    respondent: str
    survey: str
    verdict: Verdict
    policy: ContactPolicy
    contacts: Sequence[Contact]
    unsubscribed_at: datetime | None
    overrides: Sequence[Override]


def eligibility(
    service: Service, project_id: int, ref: str, survey_key: str, now: datetime
) -> Eligibility:
    """Say whether a person may be asked a survey now. Who is unknown may be.

    Raises NotFound (of the survey), InvalidValue.
    """
    check_ref(ref)
    survey = find_survey(service, project_id, survey_key)
    history = history_of(service, project_id, ref, now)
    project = service.catalog.current().project(project_id)
    assert project is not None, "a survey belongs to a project"
    with service.database.read() as connection:
        overrides = contacts.overrides(connection, project_id, ref)
    return Eligibility(
        respondent=ref,
        survey=survey.key,
        verdict=may_show(service, survey, [history], now),
        policy=project.contact_policy,
        contacts=sorted(history.contacts, key=lambda one: one.at, reverse=True),
        unsubscribed_at=history.unsubscribed_at,
        overrides=overrides,
    )
