"""/v1/surveys: what is asked."""

from typing import Any

from flask import make_response

from feedback_service.usecases.setup.configure_survey import find_survey, put_survey
from feedback_service.web.api.replies import of_survey
from feedback_service.web.api.reply_shapes import SurveyList, SurveyReply
from feedback_service.web.api.shapes import SurveyDocument
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "surveys", __name__, url_prefix="/v1/surveys", description="Survey definitions"
)


@blueprint.route("/<survey_key>", methods=["PUT"])
@for_servers("surveys:write")
@blueprint.arguments(SurveyDocument)
@blueprint.response(200, SurveyReply)
@blueprint.alt_response(201, schema=SurveyReply, description="Created")
def put(document: dict[str, Any], survey_key: str) -> Any:
    """Create or change a survey.

    The same document again changes nothing; another one makes a new version, and answers given
    before keep the version they were given to.
    """
    survey, created = put_survey(service(), key().project_id, survey_key, document, now())
    return of_survey(survey), 201 if created else 200


@blueprint.route("", methods=["GET"])
@for_servers("surveys:read")
@blueprint.response(200, SurveyList)
def every() -> Any:
    """List the project's surveys in their newest versions."""
    surveys = service().catalog.current().surveys(key().project_id)
    return {"items": [of_survey(survey) for survey in surveys]}


@blueprint.route("/<survey_key>", methods=["GET"])
@for_servers("surveys:read")
@blueprint.response(200, SurveyReply)
def one(survey_key: str) -> Any:
    """Show a survey in its newest version."""
    reply = make_response(of_survey(find_survey(service(), key().project_id, survey_key)))
    reply.headers["Cache-Control"] = "no-store"
    return reply
