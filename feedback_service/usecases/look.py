"""Look at what a token's holder may see: reads only, so that opening a link changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.access.tokens import Token
from feedback_service.domain.projects import Project
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses
from feedback_service.usecases.collect import survey_of
from feedback_service.usecases.recognise import recognise_token
from feedback_service.usecases.service import Service


@dataclass(frozen=True, slots=True)
class Seen:
    """survey: in the version that was answered, else in the one to answer now.

    response: what the token has given so far. editable: whether it may still give or change it.
    """

    token: Token
    survey: Survey
    project: Project
    response: Response | None
    editable: bool


def seen(service: Service, text: str, now: datetime) -> Seen:
    """Return the survey of a token and the response it has given so far.

    Raises TokenInvalid, TokenExpired, TokenRevoked, SurveyClosed, StorageUnavailable.
    """
    snapshot = service.catalog.current()
    token = recognise_token(service, snapshot, text, now)
    survey = survey_of(snapshot, token)
    project = snapshot.project(token.project_id)
    assert project is not None, "a recognised token belongs to a project"
    with service.database.read() as connection:
        response = responses.of_token(connection, token.project_id, token.token_id)
    editable = True
    if response is not None:
        answered = snapshot.survey_version(response.version_id)
        assert answered is not None, "a survey version with responses is never deleted"
        survey = answered
        editable = not response.complete or now < response.editable_until(survey.definition)
    return Seen(token, survey, project, response, editable)
