"""Issue survey tokens one by one, for a back end; many at once: inviting/batch.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_service.domain.access import tokens
from feedback_service.domain.errors import InvalidValue, SurveyClosed
from feedback_service.domain.respondents import check_ref, check_traits
from feedback_service.domain.surveys import Survey
from feedback_service.storage import counts, respondents, surveys
from feedback_service.storage.asking import contacts
from feedback_service.storage.asking.contacts import Override
from feedback_service.storage.counts import Issued
from feedback_service.storage.surveys import LinkSet
from feedback_service.usecases.inviting.decide import refusals, refused
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import find_survey


@dataclass(frozen=True, slots=True)
class Invitation:
    """A token on its way to somebody."""

    token: str
    token_id: str
    expires_at: datetime
    respondent: str | None


def invite(
    service: Service,
    project_id: int,
    document: Mapping[str, Any],
    now: datetime,
    *,
    test: bool = False,
) -> Invitation:
    """Issue one link token.

    document: as in ``POST /v1/tokens``, its shape already checked. test: the key is a test key.
    The link itself leaves no row; its mailing (survey, channel, campaign …) leaves one for all,
    and what is said of the person is kept with the person. The contact policy is asked first,
    except for tests; `override_policy` passes over its waits and keeps a record of that.
    Raises NotFound, SurveyClosed, InvalidValue, ContactPolicyRefusal.
    """
    survey = find_survey(service, project_id, document["survey"])
    if survey.status != "active":
        raise SurveyClosed(survey.key)
    lifetime = tokens.check_lifetime(document.get("expires_in"))
    ref = document.get("respondent")
    traits = document.get("traits") or {}
    check_traits(traits)
    if ref is not None:
        check_ref(ref)
    links = LinkSet(
        id=0,
        project_id=project_id,
        survey_id=survey.id,
        survey=survey.key,
        channel=document.get("channel") or "link",
        touchpoint=document.get("touchpoint"),
        campaign=document.get("campaign"),
        locale=document.get("locale"),
        traits={} if ref is not None else traits,
        test=test or bool(document.get("test")),
    )
    override = _permitted(service, survey, links, document, now)
    with service.database.write() as connection:
        person = None
        if override is not None:
            contacts.record_override(connection, project_id, survey.id, override)
        if ref is not None:
            person = respondents.find(connection, project_id, ref)
            if traits:
                person = respondents.put(connection, project_id, ref, {"traits": traits}, now)
            elif person is None and not tokens.fits_inline(ref):
                person = respondents.ensure(connection, project_id, ref, now)
        link_set_id = surveys.put_link_set(connection, links, now)
        if not links.test:
            counts.add(connection, [_issued(survey, links, now)])
    carried = person.id if person is not None and ref and not tokens.fits_inline(ref) else ref
    token, token_id = tokens.seal_link(service.signer, link_set_id, carried, now, lifetime)
    return Invitation(token, token_id, tokens.unseal(service.signer, token).expires_at, ref)


def _issued(survey: Survey, links: LinkSet, now: datetime) -> Issued:
    touchpoint = links.touchpoint or survey.definition.touchpoint
    return Issued(survey.id, now.date(), links.channel, touchpoint, links.campaign)


def _permitted(
    service: Service,
    survey: Survey,
    links: LinkSet,
    document: Mapping[str, Any],
    now: datetime,
) -> Override | None:
    """Ask the contact policy; returns what to record when its answer is passed over.

    Raises ContactPolicyRefusal, InvalidValue. Unsubscribed is unsubscribed, for tests too.
    """
    ref, because = document.get("respondent"), document.get("override_policy")
    touchpoint = links.touchpoint or survey.definition.touchpoint
    if because is not None and (ref is None or touchpoint is None):
        raise InvalidValue(
            "override_policy is for a person at a touchpoint that cannot wait: "
            "name both in respondent and touchpoint",
            "/override_policy",
        )
    if ref is None:
        return None
    given = refusals(service, survey, [ref], now).get(ref)
    if given is None or (links.test and given.reason != "unsubscribed"):
        return None
    if because is None or touchpoint is None or given.reason == "unsubscribed":
        raise refused(given)
    assert given.reason is not None, "a refusal has a reason"
    return Override(survey.key, ref, touchpoint, given.reason, because, now)
