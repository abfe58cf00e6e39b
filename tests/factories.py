"""Things a test needs, showing only what matters to it: everything else has a plain default."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OctKey

from feedback_service.domain.access import tokens
from feedback_service.domain.access.jwt import SigningKey, new_signing_secret
from feedback_service.domain.access.keys import KeyState
from feedback_service.domain.access.tokens import Token
from feedback_service.domain.alerting.webhooks import Filter, Secret, Webhook, WebhookStatus
from feedback_service.domain.ids import new_id
from feedback_service.domain.measures.bands import default_bands
from feedback_service.domain.measures.scales import DEFAULT_SCALE, SCALES, Metric
from feedback_service.domain.responses import Answer, Response
from feedback_service.domain.surveys import Definition, Survey, SurveyStatus
from feedback_service.storage import catalog, projects, responses, revocations, surveys
from feedback_service.storage.dispatch import webhooks
from feedback_service.storage.surveys import LinkSet
from feedback_service.storage.tables.outbox import deliveries
from feedback_service.usecases.collect import Collected, collect_response
from feedback_service.usecases.service import Service

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
SECRET_KEYS: Final = ("the-newest-secret-key-of-all-the-tests",)

ALL_ABOUT_RESPONSES: Final = (
    "response.scored",
    "response.completed",
    "alert.detractor",
    "alert.dissatisfied",
    "alert.high_effort",
)


def definition(metric: Metric = "nps", scale: str | None = None, **changes: Any) -> Definition:
    """Return a definition with the metric's usual scale and bands."""
    chosen = SCALES[scale or DEFAULT_SCALE[metric]]
    return replace(Definition(metric, chosen, default_bands(chosen)), **changes)


def survey(metric: Metric = "nps", key: str | None = None, **changes: Any) -> Survey:
    """Return a survey that is stored nowhere; changes: of its definition."""
    return Survey(
        id=1,
        version_id=1,
        project_id=1,
        key=key or metric,
        version=1,
        status="active",
        definition=definition(metric, **changes),
        created_at=NOW,
        updated_at=NOW,
    )


def token(**changes: Any) -> Token:
    """Return a verified token of the survey above."""
    plain = Token(
        project_id=1,
        token_id="one-token",
        survey="nps",
        channel="email",
        issued_at=NOW,
        expires_at=NOW + 90 * DAY,
    )
    return replace(plain, **changes)


def response(**changes: Any) -> Response:
    """Return a response of the token above, without any answer yet."""
    plain = Response(
        id="rsp_1",
        project_id=1,
        survey_id=1,
        version_id=1,
        token_id="one-token",
        channel="email",
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + 90 * DAY,
    )
    return replace(plain, **changes)


def webhook(**changes: Any) -> Webhook:
    """Return a webhook that hears of every response."""
    plain = Webhook(
        id="wh_1",
        project_id=1,
        url="http://127.0.0.1:9/hook",
        events=ALL_ABOUT_RESPONSES,
        filter=Filter(),
        format="standard",
        status="active",
        secrets=(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),),
        headers={},
        template=None,
        description=None,
        disabled_reason=None,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(plain, **changes)


def make_project(service: Service, slug: str = "shop", origins: tuple[str, ...] = ()) -> int:
    """Store a project; returns its number."""
    with service.database.write() as connection:
        number = projects.add(connection, slug, slug.title(), "UTC", list(origins), NOW)
        catalog.bump(connection)
    return number


def make_survey(
    service: Service,
    project_id: int,
    metric: Metric = "nps",
    *,
    key: str | None = None,
    status: SurveyStatus = "active",
    **changes: Any,
) -> Survey:
    """Store a survey, or its next version; changes: of its definition."""
    with service.database.write() as connection:
        stored = surveys.put(
            connection, project_id, key or metric, status, definition(metric, **changes), NOW
        )
        catalog.bump(connection)
    return stored


def make_webhook(
    service: Service,
    project_id: int,
    *,
    url: str = "http://127.0.0.1:9/hook",
    events: tuple[str, ...] = ALL_ABOUT_RESPONSES,
    filter: Filter | None = None,  # noqa: A002  # the field's own name
    status: WebhookStatus = "active",
    **changes: Any,
) -> Webhook:
    """Store a webhook that hears of every response unless told otherwise."""
    made = webhook(
        id=new_id("wh", NOW),
        project_id=project_id,
        url=url,
        events=events,
        filter=filter or Filter(),
        status=status,
        **changes,
    )
    with service.database.write() as connection:
        webhooks.add(connection, made, service.vault)
        catalog.bump(connection)
    return made


def make_signing_key(
    service: Service,
    project_id: int,
    *,
    state: KeyState = "active",
    test: bool = False,
) -> SigningKey:
    """Store a shared secret for JWTs."""
    kid, secret = new_signing_secret()
    key = SigningKey(kid, project_id, "HS256", secret, state, test, NOW)
    with service.database.write() as connection:
        projects.add_signing_key(connection, key, service.vault)
        catalog.bump(connection)
    return key


def revoke(service: Service, project_id: int, scope: revocations.Scope, value: str) -> None:
    """Withdraw a token, a campaign or everything of a respondent."""
    with service.database.write() as connection:
        revocations.add(connection, project_id, scope, value, NOW)
        catalog.bump(connection)


def link_token(
    service: Service,
    of: Survey,
    *,
    respondent: str | int | None = None,
    now: datetime = NOW,
    lifetime: timedelta = tokens.DEFAULT_LIFETIME,
    **links: Any,
) -> str:
    """Mint a link token; links: channel, campaign, touchpoint, locale, traits, test."""
    wanted: dict[str, Any] = {
        "channel": "email",
        "touchpoint": None,
        "campaign": None,
        "locale": None,
        "traits": {},
        "test": False,
        **links,
    }
    link_set = LinkSet(id=0, project_id=of.project_id, survey_id=of.id, survey=of.key, **wanted)
    with service.database.write() as connection:
        number = surveys.put_link_set(connection, link_set, now)
    return tokens.seal_link(service.signer, number, respondent, now, lifetime)[0]


def widget_token(service: Service, shown: Survey, *, now: datetime = NOW, **extra: object) -> str:
    """Mint the token of an impression; extra: sub, tp, loc, tr, tst."""
    return tokens.seal_widget(service.signer, shown.version_id, extra, now)[0]


def jwt_token(key: SigningKey, survey_key: str = "nps", now: datetime = NOW, **claims: Any) -> str:
    """Mint a customer's JWT with a shared secret, as the customer's own library would."""
    all_claims = {
        "sub": "cust_1",
        "srv": survey_key,
        "iat": int(now.timestamp()),
        "exp": int((now + DAY).timestamp()),
        **claims,
    }
    return joserfc_jwt.encode(
        {"alg": "HS256", "kid": key.kid}, all_claims, OctKey.import_key(key.material)
    )


def json_part(value: object) -> str:
    """Return one part of a JWT."""
    text = value if isinstance(value, str) else json.dumps(value)
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def answer(score: int | None = None, comment: str | None = None, **more: Any) -> Answer:
    return Answer(score=score, comment=comment, **more)


def collect(
    service: Service, text: str, given: Answer | None = None, now: datetime = NOW
) -> Collected:
    """Collect an answer, a score of 9 unless told otherwise."""
    return collect_response(service, text, given or answer(score=9), now)


def stored_response(service: Service, like: Response) -> Response:
    """Read a response back from the database."""
    with service.database.read() as connection:
        found = responses.find(connection, like.project_id, like.id)
    assert found is not None
    return found


def rows(service: Service, table: Any, **equal: object) -> list[Mapping[str, Any]]:
    """Return a table's rows whose columns have these values, by primary key."""
    query = table.select().order_by(*table.primary_key.columns)
    for name, value in equal.items():
        query = query.where(table.c[name] == value)
    with service.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def queued(service: Service, **equal: object) -> dict[str, Any]:
    """Return event type -> when it is due; fails when one is queued twice."""
    found = rows(service, deliveries, **equal)
    due = {row["type"]: row["next_at"] for row in found}
    assert len(due) == len(found)
    return due
