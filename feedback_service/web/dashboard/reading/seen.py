"""Which single answers staff see: those of employees and partners are for admins."""

from flask import abort

from feedback_service.domain.errors import NotFound
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import responses
from feedback_service.web.audiences import service
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.showing import words


def seen_response(response_id: str) -> tuple[Response, Survey]:
    """Return a response with the version it answers. Raises NotFound, aborts with 403."""
    with service().database.read() as connection:
        found = responses.find(connection, project().id, response_id)
    if found is None:
        raise NotFound(f"this project has no response {response_id!r}")
    survey = service().catalog.current().survey_version(found.version_id)
    assert survey is not None, "a survey version with responses is never deleted"
    if not staff().sees_answers_of(survey.definition.audience):
        abort(403, description=words.ADMINS_ONLY)
    return found, survey


def unseen_surveys() -> list[str]:
    """Return the keys of surveys whose single answers are not shown to whoever is logged in."""
    return [
        one.key
        for one in service().catalog.current().surveys(project().id)
        if not staff().sees_answers_of(one.definition.audience)
    ]
