"""Issue survey tokens: one by one for a back end, one per impression for the widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from feedback_service.domain.access import jwt, tokens
from feedback_service.domain.errors import ContactPolicyRefusal, InvalidValue, SurveyClosed
from feedback_service.domain.respondents import check_ref, check_traits
from feedback_service.domain.surveys import Survey
from feedback_service.storage import counts, respondents, surveys
from feedback_service.storage.counts import Issued
from feedback_service.storage.surveys import LinkSet
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import find_survey

MAX_WIDGET_TRAITS: Final = 10
_UNSUBSCRIBED: Final = "this person unsubscribed and must not be asked"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A token on its way to somebody."""

    token: str
    token_id: str
    expires_at: datetime
    respondent: str | None


@dataclass(frozen=True, slots=True)
class Impression:
    """A token for the survey a widget is about to show."""

    token: str
    token_id: str
    expires_at: datetime
    survey: Survey


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
    and what is said of the person is kept with the person.
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
    with service.database.write() as connection:
        person = None
        if ref is not None:
            person = respondents.find(connection, project_id, ref)
            if person is not None and person.unsubscribed_at is not None:
                raise ContactPolicyRefusal(_UNSUBSCRIBED, None)
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


def show(
    service: Service,
    project_id: int,
    document: Mapping[str, Any],
    now: datetime,
    *,
    test: bool = False,
) -> Impression:
    """Issue the token of one impression: the widget is about to show a survey.

    document: as in ``POST /v1/widget/tokens``, its shape already checked.
    Raises NotFound, SurveyClosed, TokenInvalid and TokenExpired (of the identity),
    ContactPolicyRefusal, InvalidValue.
    """
    snapshot = service.catalog.current()
    survey = find_survey(service, project_id, document["survey"])
    if survey.status != "active":
        raise SurveyClosed(survey.key)
    context = document.get("context") or {}
    traits = context.get("traits") or {}
    check_traits(traits)
    if len(traits) > MAX_WIDGET_TRAITS:
        raise InvalidValue(f"at most {MAX_WIDGET_TRAITS} traits", "/context/traits")
    extra: dict[str, Any] = {"tr": traits, "tp": context.get("touchpoint"), "tst": test or None}
    if document.get("identity"):
        claims = jwt.verify(document["identity"], snapshot.signing_key, now)
        if claims.project_id != project_id or claims.survey not in {None, survey.key}:
            raise InvalidValue("this identity was made for something else", "/identity")
        _refuse_unsubscribed(service, project_id, claims.respondent)
        extra.update(
            sub=claims.respondent,
            tr={**traits, **claims.traits},
            tp=extra["tp"] or claims.touchpoint,
            tst=extra["tst"] or claims.test or None,
        )
    carried = {name: value for name, value in extra.items() if value}
    token, token_id = tokens.seal_widget(service.signer, survey.version_id, carried, now)
    if not extra["tst"]:
        touchpoint = survey.definition.touchpoint
        service.counter.count(Issued(survey.id, now.date(), "widget", touchpoint, None))
    return Impression(token, token_id, tokens.unseal(service.signer, token).expires_at, survey)


def _issued(survey: Survey, links: LinkSet, now: datetime) -> Issued:
    touchpoint = links.touchpoint or survey.definition.touchpoint
    return Issued(survey.id, now.date(), links.channel, touchpoint, links.campaign)


def _refuse_unsubscribed(service: Service, project_id: int, ref: str) -> None:
    with service.database.read() as connection:
        person = respondents.find(connection, project_id, ref)
    if person is not None and person.unsubscribed_at is not None:
        raise ContactPolicyRefusal(_UNSUBSCRIBED, None)
