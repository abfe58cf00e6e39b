"""/v1/respondents: what is known of people, by the customer's own reference."""

from typing import Any

from marshmallow import fields

from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.inviting.explain import eligibility
from feedback_service.usecases.know import deeds, person, put_respondent
from feedback_service.web.api.asking.replies import EligibilityReply, of_eligibility
from feedback_service.web.api.replies import of_outcomes, of_respondent, of_response
from feedback_service.web.api.reply_shapes import PersonReply, RespondentReply
from feedback_service.web.api.shapes import LOCALE, Strict, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "respondents", __name__, url_prefix="/v1/respondents", description="People who are asked"
)


class RespondentDocument(Strict):
    email = fields.Email(allow_none=True)
    traits = fields.Dict(keys=string(64), values=string(200))
    locale = fields.String(validate=LOCALE, allow_none=True)


class EligibilityQuery(Strict):
    survey = string(64, required=True)


@blueprint.route("/<ref>", methods=["PUT"])
@for_servers("respondents:write")
@blueprint.arguments(RespondentDocument)
@blueprint.response(200, RespondentReply)
def put(document: dict[str, Any], ref: str) -> Any:
    """Create or change a person: e-mail, traits (merged over the old), locale."""
    return of_respondent(put_respondent(service(), key().project_id, ref, document, now()))


@blueprint.route("/<ref>", methods=["GET"])
@for_servers("respondents:read")
@blueprint.response(200, PersonReply)
def one(ref: str) -> Any:
    """Show all we hold on a person."""
    found, given = person(service(), key().project_id, ref)
    known = of_respondent(found) if found else {"ref": ref, "traits": {}}
    return {
        **known,
        "responses": [of_response(survey, response) for survey, response in given],
        "outcomes": of_outcomes(deeds(service(), key().project_id, ref)),
    }


@blueprint.route("/<ref>/eligibility", methods=["GET"])
@for_servers("respondents:read")
@blueprint.arguments(EligibilityQuery, location="query")
@blueprint.response(200, EligibilityReply)
def may_be_asked(query: dict[str, Any], ref: str) -> Any:
    """Say whether a person may be asked a survey now, why (not), and until when."""
    return of_eligibility(eligibility(service(), key().project_id, ref, query["survey"], now()))


@blueprint.route("/<ref>", methods=["DELETE"])
@for_servers("respondents:write")
@blueprint.response(204)
def erase(ref: str) -> None:
    """Erase a person: who they are and what they wrote; bare scores stay, without a person."""
    forget_respondent(service(), key().project_id, ref, now())
