"""/v1/outcomes and /v1/reports/outcomes: what people did after they answered."""

from typing import Any, Final

from flask import Response, request

from feedback_service.domain.measures.outcomes import Outcome
from feedback_service.usecases.outcomes.report import report_outcomes
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.web.api.outcomes.shapes import (
    KeptReply,
    OutcomeDocument,
    OutcomeQuery,
    OutcomeReportReply,
    of_report,
)
from feedback_service.web.api.reporting.writing import json_reply
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.problems import WireError
from feedback_service.web.wire import ApiBlueprint, load, read_json

blueprint = ApiBlueprint(
    "outcomes", __name__, url_prefix="/v1", description="What people did after they answered"
)

MOST: Final = 500
_OUTCOME: Final = {
    "type": "object",
    "required": ["respondent", "kind", "at"],
    "properties": {
        "respondent": {"type": "string"},
        "kind": {"type": "string"},
        "value": {"type": ["number", "null"]},
        "at": {"type": "string", "format": "date-time"},
    },
}


@blueprint.route("/outcomes", methods=["POST"])
@for_servers("respondents:write")
@blueprint.response(200, KeptReply)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [_OUTCOME, {"type": "array", "items": _OUTCOME, "maxItems": MOST}]
                }
            }
        },
    }
)
def tell() -> Any:
    """Tell what a person did, or up to 500 such things in a list, all or none.

    The same person, kind and time again is the same outcome; its value is written over.
    """
    document = read_json(request)
    several = isinstance(document, list)
    documents = document if several else [document]
    if not 0 < len(documents) <= MOST:
        raise WireError("invalid-request", f"send one outcome, or a list of 1 to {MOST}")
    told = [_outcome(one, number if several else None) for number, one in enumerate(documents)]
    kept = tell_outcomes(service(), key().project_id, told, now())
    return {"added": kept.added, "changed": kept.changed, "unchanged": kept.unchanged}


@blueprint.route("/reports/outcomes", methods=["GET"])
@for_servers("reports:read")
@blueprint.arguments(OutcomeQuery, location="query")
@blueprint.response(200, OutcomeReportReply)
def show(query: dict[str, Any]) -> Response:
    """Show how many did what within some months after their answer, by band and touchpoint.

    Each person counts once, with the first answer from `back` until `within` months ago.
    """
    found = report_outcomes(
        service(),
        key().project_id,
        query["survey"],
        now(),
        within=query["within"],
        back=query["back"],
    )
    return json_reply(of_report(found))


def _outcome(document: Any, number: int | None) -> Outcome:
    """Return one outcome. Raises WireError naming its place in the list."""
    try:
        loaded = load(OutcomeDocument(), document)
    except WireError as error:
        if number is None:
            raise
        faults = [(f"/{number}{pointer}", why) for pointer, why in error.faults]
        raise WireError(error.code, f"outcome {number}: {error.detail}", faults) from None
    return Outcome(**loaded)
