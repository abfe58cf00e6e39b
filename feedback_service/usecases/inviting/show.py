"""Show a survey: issue the token of one impression, for the widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from feedback_service.domain.access import jwt, tokens
from feedback_service.domain.errors import InvalidValue, SurveyClosed
from feedback_service.domain.respondents import check_traits
from feedback_service.domain.surveys import Survey
from feedback_service.storage.counts import Issued
from feedback_service.usecases.inviting.decide import (
    History,
    guest_of,
    history_of,
    may_show,
    refused,
)
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import find_survey

MAX_WIDGET_TRAITS: Final = 10


@dataclass(frozen=True, slots=True)
class Impression:
    """A token for the survey a widget is about to show."""

    token: str
    token_id: str
    expires_at: datetime
    survey: Survey


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
    survey = find_survey(service, project_id, document["survey"])
    if survey.status != "active":
        raise SurveyClosed(survey.key)
    claims = _identity(service, survey, document.get("identity"), now)
    extra = _occasion(document.get("context") or {}, claims, test)
    is_test = bool(extra["tst"])
    nonce = _permitted_to_show(service, survey, claims, document.get("visitor"), is_test, now)
    carried = {name: value for name, value in extra.items() if value}
    token, token_id = tokens.seal_widget(
        service.signer, survey.version_id, carried, now, nonce=nonce
    )
    if not is_test:
        touchpoint = survey.definition.touchpoint
        service.counter.count(Issued(survey.id, now.date(), "widget", touchpoint, None))
    return Impression(token, token_id, tokens.unseal(service.signer, token).expires_at, survey)


def _identity(
    service: Service, survey: Survey, identity: str | None, now: datetime
) -> jwt.Claims | None:
    if not identity:
        return None
    snapshot = service.catalog.current()
    claims = jwt.verify(identity, snapshot.signing_key, now)
    if claims.project_id != survey.project_id or claims.survey not in {None, survey.key}:
        raise InvalidValue("this identity was made for something else", "/identity")
    return claims


def _occasion(context: Mapping[str, Any], claims: jwt.Claims | None, test: bool) -> dict[str, Any]:
    """Return what a widget's token carries: of the page and of the person."""
    traits = context.get("traits") or {}
    check_traits(traits)
    if len(traits) > MAX_WIDGET_TRAITS:
        raise InvalidValue(f"at most {MAX_WIDGET_TRAITS} traits", "/context/traits")
    touchpoint = context.get("touchpoint")
    if claims is None:
        return {"tr": traits, "tp": touchpoint, "tst": test or None}
    return {
        "tr": {**traits, **claims.traits},
        "tp": touchpoint or claims.touchpoint,
        "tst": test or claims.test or None,
        "sub": claims.respondent,
    }


def _permitted_to_show(  # all that may tell who it is
    service: Service,
    survey: Survey,
    claims: jwt.Claims | None,
    visitor: str | None,
    test: bool,
    now: datetime,
) -> bytes | None:
    """Ask the contact policy; returns the nonce that knows this visitor again, if there is one.

    Raises ContactPolicyRefusal. Unsubscribed is unsubscribed, for tests too.
    """
    known: list[History] = []
    nonce = None
    if claims is not None:
        known.append(history_of(service, survey.project_id, claims.respondent, now))
    if visitor and not test:
        guest = guest_of(service, survey, visitor)
        known.append(History(guest.contacts, None))
        nonce = guest.nonce
    given = may_show(service, survey, known, now)
    if not given.allowed and (given.reason == "unsubscribed" or not test):
        raise refused(given)
    return nonce
