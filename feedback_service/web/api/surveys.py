"""/v1/surveys: what is asked."""

from typing import Any, Final

from flask import Response, make_response
from marshmallow import fields

from feedback_service.mailing.links import MAX_LINK_LENGTH, SENDERS
from feedback_service.mailing.mail import FORMATS, SUFFIXES, Wish, mail
from feedback_service.usecases.setup.configure_survey import find_survey, put_survey
from feedback_service.web.api.replies import of_survey
from feedback_service.web.api.reply_shapes import SurveyList, SurveyReply
from feedback_service.web.api.shapes import Strict, SurveyDocument, one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "surveys", __name__, url_prefix="/v1/surveys", description="Survey definitions"
)

# The source of a mail is to be copied: opened here by a browser, it must not run as our own page.
_ONLY_SOURCE: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_SOURCE: Final = {
    "description": "The source of the mail as a file",
    "content": {kind: {"schema": {"type": "string"}} for kind in ("text/html", "text/plain")},
}


class MailQuery(Strict):
    format = one_of(*FORMATS, load_default="html")
    locale = string(35, metadata={"description": "a language tag; English when left out"})
    sender = one_of(*SENDERS, metadata={"description": "whose merge tags stand for the links"})
    link = string(
        MAX_LINK_LENGTH,
        metadata={"description": "instead of a sender: one person's url, or another merge tag"},
    )
    unsubscribe = string(MAX_LINK_LENGTH, metadata={"description": "goes with link"})
    full = fields.Boolean(
        load_default=False, metadata={"description": "a whole mail instead of a block for one"}
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


@blueprint.route("/<survey_key>/email", methods=["GET"])
@for_servers("surveys:read")
@blueprint.arguments(MailQuery, location="query")
@blueprint.doc(responses={"200": _SOURCE})
def email(query: dict[str, Any], survey_key: str) -> Response:
    """Render a survey as a block for a mail: the question with one link per score.

    Without sender and link the links are {{{url}}} and {{{unsubscribe_url}}}, as the CSV of
    issued tokens calls its columns. docs/mail.md has a recipe for each sender.
    """
    survey = find_survey(service(), key().project_id, survey_key)
    wish = Wish(**query)
    source = mail(survey.definition, _project_name(), wish)
    reply = Response(source, mimetype="text/html" if wish.format == "html" else "text/plain")
    reply.headers.extend(_ONLY_SOURCE)
    name = f"{survey.key}.{SUFFIXES[wish.format]}"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def _project_name() -> str:
    project = service().catalog.current().project(key().project_id)
    assert project is not None, "a key belongs to a project"
    return project.name
