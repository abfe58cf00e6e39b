"""Recognise a token: from its text to a verified right to answer."""

from datetime import datetime

from feedback_service.domain.access import jwt, tokens
from feedback_service.domain.access.tokens import LINK, Sealed, Token
from feedback_service.domain.errors import TokenInvalid, TokenRevoked
from feedback_service.storage import respondents
from feedback_service.storage.catalog import Snapshot
from feedback_service.usecases.service import Service


def recognise_token(
    service: Service, snapshot: Snapshot, text: str, now: datetime, *, expired_too: bool = False
) -> Token:
    """Return the token of a text.

    expired_too: let expired and withdrawn links through, for unsubscribing.
    Raises TokenInvalid, TokenExpired, TokenRevoked.
    """
    if jwt.looks_like_jwt(text):
        token = _from_claims(jwt.verify(text, snapshot.signing_key, now))
    else:
        sealed = tokens.unseal(service.signer, text)
        if not expired_too:
            tokens.refuse_expired(sealed.expires_at, now)
        token = (
            _from_link(service, snapshot, sealed)
            if sealed.kind == LINK
            else _from_widget(snapshot, sealed)
        )
    if not expired_too:
        refuse_revoked(snapshot, token)
    return token


def refuse_revoked(snapshot: Snapshot, token: Token) -> None:
    """Raise TokenRevoked when the token, its campaign or its respondent was withdrawn."""
    revoked = snapshot.revoked(token.project_id)
    if revoked and (
        ("token", token.token_id) in revoked
        or ("campaign", token.campaign) in revoked
        or ("respondent", token.respondent) in revoked
    ):
        raise TokenRevoked


def _from_claims(claims: jwt.Claims) -> Token:
    if claims.survey is None:
        raise TokenInvalid  # an identity, not the right to answer something
    return Token(
        project_id=claims.project_id,
        token_id=claims.token_id,
        survey=claims.survey,
        channel=claims.channel or "api",
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        respondent=claims.respondent,
        touchpoint=claims.touchpoint,
        campaign=claims.campaign,
        traits=claims.traits,
        test=claims.test,
        key_id=claims.kid,
    )


def _from_link(service: Service, snapshot: Snapshot, sealed: Sealed) -> Token:
    links = snapshot.link_set(sealed.target)
    if links is None:
        raise TokenInvalid
    respondent = sealed.respondent
    if isinstance(respondent, int):
        with service.database.read() as connection:
            person = respondents.numbered(connection, links.project_id, respondent)
        if person is None:
            raise TokenRevoked  # erased since
        respondent = person.ref
    return Token(
        project_id=links.project_id,
        token_id=sealed.token_id,
        survey=links.survey,
        channel=links.channel,
        issued_at=sealed.issued_at,
        expires_at=sealed.expires_at,
        respondent=respondent,
        touchpoint=links.touchpoint,
        campaign=links.campaign,
        locale=links.locale,
        traits=links.traits,
        test=links.test,
    )


def _from_widget(snapshot: Snapshot, sealed: Sealed) -> Token:
    survey = snapshot.survey_version(sealed.target)
    if survey is None:
        raise TokenInvalid
    extra = sealed.extra
    return Token(
        project_id=survey.project_id,
        token_id=sealed.token_id,
        survey=survey.key,
        channel="widget",
        issued_at=sealed.issued_at,
        expires_at=sealed.expires_at,
        version_id=survey.version_id,
        respondent=_text(extra.get("sub")),
        touchpoint=_text(extra.get("tp")),
        locale=_text(extra.get("loc")),
        traits=traits if isinstance(traits := extra.get("tr"), dict) else {},
        test=extra.get("tst") is True,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
