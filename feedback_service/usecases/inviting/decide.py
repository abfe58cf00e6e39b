"""Decide whom the contact policy lets be asked: the same for mail, API and page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedback_service.domain.access.tokens import visitor_nonces
from feedback_service.domain.contact_policy import (
    ALLOWED,
    Contact,
    ContactPolicy,
    Verdict,
    already_answered,
    verdict,
)
from feedback_service.domain.errors import ContactPolicyRefusal
from feedback_service.domain.surveys import Survey
from feedback_service.storage.asking import contacts
from feedback_service.storage.asking.contacts import Past
from feedback_service.storage.catalog import Snapshot
from feedback_service.usecases.service import Service

# Impressions of one survey that a visitor's browser answered or declined and that we know again;
# at one in 30 days that is longer than browsers keep a visitor's number.
_REMEMBERED: Final = 8


@dataclass(frozen=True, slots=True)
class Guest:
    """An anonymous visitor about to be shown a survey.

    contacts: what this browser answered or declined. nonce: of the next impression's token, None
    when too many were used.
    """

    contacts: Sequence[Contact]
    nonce: bytes | None


@dataclass(frozen=True, slots=True)
class History:
    """What matters of a person for the contact policy."""

    contacts: Sequence[Contact]
    unsubscribed_at: datetime | None


def refusals(
    service: Service,
    survey: Survey,
    refs: Sequence[str],
    now: datetime,
    campaign: str | None = None,
) -> dict[str, Verdict]:
    """Return reference -> why not, of those who must not be asked this survey; others may be.

    campaign: of links that are the same however often they are made: who answered there is done.
    """
    snapshot = service.catalog.current()
    policy = _policy(snapshot, survey.project_id)
    since = now - policy.longest()
    with service.database.read() as connection:
        gone = contacts.unsubscribed(connection, survey.project_id, refs)
        past = contacts.of_people(connection, survey.project_id, refs, since, campaign)
    by_ref: dict[str, list[Past]] = {}
    for one in past:
        by_ref.setdefault(one.who, []).append(one)
    found: dict[str, Verdict] = {}
    for ref in {*gone, *by_ref}:
        theirs = by_ref.get(ref, [])
        given = _decided(snapshot, survey, theirs, gone.get(ref), now)
        if given.allowed and campaign is not None:
            given = _in_campaign(survey, theirs, campaign)
        if not given.allowed:
            found[ref] = given
    return found


def history_of(service: Service, project_id: int, ref: str, now: datetime) -> History:
    """Return what the policy knows of one person."""
    snapshot = service.catalog.current()
    since = now - _policy(snapshot, project_id).longest()
    with service.database.read() as connection:
        gone = contacts.unsubscribed(connection, project_id, [ref])
        past = contacts.of_people(connection, project_id, [ref], since)
    return History(_contacts(snapshot, past), gone.get(ref))


def guest_of(service: Service, survey: Survey, visitor: str) -> Guest:
    """Return what this browser did with the project's surveys, without knowing who it is.

    The token id of an impression is a pseudonym of visitor, survey and number, so the responses
    themselves say what was done; no row ties a visitor to anything.
    """
    snapshot = service.catalog.current()
    asked = {one.id for one in snapshot.surveys(survey.project_id)} | {survey.id}
    numbered = {
        (survey_id, number): visitor_nonces(service.signer, visitor, survey_id, number)
        for survey_id in asked
        for number in range(_REMEMBERED)
    }
    ids = [token_id for nonces in numbered.values() for token_id in nonces.values()]
    with service.database.read() as connection:
        past = contacts.of_tokens(connection, survey.project_id, ids)
        own = [
            token_id
            for number in range(_REMEMBERED)
            for token_id in numbered[survey.id, number].values()
        ]
        used = contacts.used_tokens(connection, survey.project_id, own)
    free = (
        nonces
        for number in range(_REMEMBERED)
        if used.isdisjoint((nonces := numbered[survey.id, number]).values())
    )
    first_free = next(free, None)
    nonce = next(iter(first_free)) if first_free is not None else None
    return Guest(_contacts(snapshot, past), nonce)


def may_show(
    service: Service, survey: Survey, histories: Iterable[History], now: datetime
) -> Verdict:
    """Decide whether to show a survey to somebody known in several ways."""
    policy = _policy(service.catalog.current(), survey.project_id)
    merged = list(histories)
    seen = list(dict.fromkeys(contact for one in merged for contact in one.contacts))
    gone = [one.unsubscribed_at for one in merged if one.unsubscribed_at is not None]
    return verdict(policy, survey.definition.metric, seen, min(gone, default=None), now)


def _policy(snapshot: Snapshot, project_id: int) -> ContactPolicy:
    project = snapshot.project(project_id)
    assert project is not None, "a survey belongs to a project"
    return project.contact_policy


def _decided(
    snapshot: Snapshot,
    survey: Survey,
    past: Sequence[Past],
    unsubscribed_at: datetime | None,
    now: datetime,
) -> Verdict:
    policy = _policy(snapshot, survey.project_id)
    known = _contacts(snapshot, past)
    return verdict(policy, survey.definition.metric, known, unsubscribed_at, now)


def _in_campaign(survey: Survey, past: Sequence[Past], campaign: str) -> Verdict:
    for one in past:
        if one.answered and (one.survey_id, one.campaign) == (survey.id, campaign):
            return already_answered(one.at)
    return ALLOWED


def _contacts(snapshot: Snapshot, past: Iterable[Past]) -> list[Contact]:
    found = []
    for one in past:
        answered = snapshot.survey_version(one.version_id)
        assert answered is not None, "a survey version with responses is never deleted"
        found.append(Contact(answered.definition.metric, one.at, one.answered))
    return found


def refused(given: Verdict) -> ContactPolicyRefusal:
    """Return a refusal as the error its caller gets."""
    assert given.reason is not None, "a refusal has a reason"
    return ContactPolicyRefusal(given.words, given.reason, given.until)
