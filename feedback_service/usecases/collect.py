"""Collect an answer: the main job, from a token's text to a durable response. Open this first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedback_service.domain.access.tokens import Token
from feedback_service.domain.alerting.deliveries import deliveries_for
from feedback_service.domain.alerting.events import events_for
from feedback_service.domain.errors import InvalidValue, ScoreOutOfRange, SurveyClosed, TokenInvalid
from feedback_service.domain.ids import new_id
from feedback_service.domain.responses import Answer, Response, changed_response, first_response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses
from feedback_service.storage.catalog import Snapshot
from feedback_service.storage.errors import StaleCatalog, StorageUnavailable
from feedback_service.storage.saves import Outcome, Save
from feedback_service.usecases.recognise import recognise_token
from feedback_service.usecases.service import Service

# Each round means that somebody changed the configuration in the milliseconds between.
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Collected:
    """created: first answer of its token. survey: in the version that was answered."""

    response: Response
    survey: Survey
    created: bool


def collect_response(service: Service, text: str, answer: Answer, now: datetime) -> Collected:
    """Save the answer of one token and queue its webhooks, both or neither.

    The same token again updates the same response. On return everything is on disk.
    Raises TokenInvalid, TokenExpired, TokenRevoked, SurveyClosed, ScoreOutOfRange, InvalidValue,
    ResponseFinal, StorageUnavailable.
    """
    snapshot = service.catalog.known()
    for _ in range(_ROUNDS):
        try:
            token = recognise_token(service, snapshot, text, now)
            saved = service.saves.save(_prepared(service, snapshot, token, answer, now))
        except (StaleCatalog, TokenInvalid, SurveyClosed, ScoreOutOfRange, InvalidValue):
            # Either the save was refused as stale, or what we know may be too old to know the
            # token's survey or key: look again, and believe it when nothing has changed.
            newer = service.catalog.current()
            if newer is snapshot:
                raise
            snapshot = newer
            continue
        return Collected(saved.response, _answered(snapshot, saved.response), saved.created)
    raise StorageUnavailable("the configuration keeps changing")


def survey_of(snapshot: Snapshot, token: Token) -> Survey:
    """Return the survey a token answers: the version it showed, else the newest.

    Raises TokenInvalid when there is none, SurveyClosed when it takes no answers.
    """
    survey = snapshot.survey(token.project_id, token.survey)
    if survey is not None and survey.status == "active" and token.version_id is not None:
        survey = snapshot.survey_version(token.version_id)
    if survey is None:
        raise TokenInvalid
    if survey.status != "active":
        raise SurveyClosed(survey.key)
    return survey


def _prepared(
    service: Service, snapshot: Snapshot, token: Token, answer: Answer, now: datetime
) -> Save:
    """Decide everything that can be decided before the transaction."""
    survey = survey_of(snapshot, token)
    try:
        return _decided(snapshot, survey, token, answer, now)
    except (ScoreOutOfRange, InvalidValue):
        # An answer begun on an older version goes on there, whatever the newest asks.
        begun = _begun(service, snapshot, token)
        if begun is None or begun.version_id == survey.version_id:
            raise
        return _decided(snapshot, begun, token, answer, now)


def _decided(
    snapshot: Snapshot, survey: Survey, token: Token, answer: Answer, now: datetime
) -> Save:
    def outcome(before: Response | None, after: Response, answered: Survey) -> Outcome:
        if after is before:
            return Outcome(after, ())
        events = events_for(answered.definition, before, after, now)
        webhooks = snapshot.webhooks(token.project_id)
        return Outcome(after, deliveries_for(events, answered, after, webhooks, now))

    def change(before: Response) -> Outcome:
        answered = _answered(snapshot, before)
        after = changed_response(before, answered.definition, answer, now)
        return outcome(before, after, answered)

    first = first_response(token, survey, answer, new_id("rsp", now), now)
    return Save(outcome(None, first, survey), change, snapshot.version)


def _begun(service: Service, snapshot: Snapshot, token: Token) -> Survey | None:
    """Return the survey in the version that the token's response was given to, if there is one."""
    with service.database.read() as connection:
        response = responses.of_token(connection, token.project_id, token.token_id)
    return None if response is None else _answered(snapshot, response)


def _answered(snapshot: Snapshot, response: Response) -> Survey:
    survey = snapshot.survey_version(response.version_id)
    assert survey is not None, "a survey version with responses is never deleted"
    return survey
