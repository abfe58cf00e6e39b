"""/v1/inbound/…: help desks say that a case moved on, each in its own words."""

from typing import Any

from flask import make_response
from marshmallow import INCLUDE, Schema, fields, validate

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.following_up import inbound
from feedback_service.domain.following_up.cases import CASE_STATUSES, CaseStatus
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.web.api.cases.shapes import FollowedReply, of_followed
from feedback_service.web.api.shapes import Strict
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "inbound", __name__, url_prefix="/v1/inbound", description="What help desks say of cases"
)


class TicketDocument(Schema):
    """Whatever a vendor sends: only what is needed is read."""

    class Meta:
        unknown = INCLUDE


class Stages(Strict):
    """A team's own stages, comma separated: ?contacted=984,985&resolved=986."""

    open = fields.String(validate=validate.Length(max=500))
    contacted = fields.String(validate=validate.Length(max=500))
    resolved = fields.String(validate=validate.Length(max=500))


@blueprint.route("/<format_name>", methods=["POST"])
@for_servers("cases:write")
@blueprint.arguments(Stages, location="query")
@blueprint.arguments(TicketDocument)
@blueprint.response(200, FollowedReply)
def take(stages: dict[str, str], document: dict[str, Any], format_name: str) -> Any:
    """Take a help desk's word that a ticket moved on: zendesk, freshdesk, hubspot, salesforce,
    intercom.

    The ticket names the response that it was made of; its stage becomes the case's status.
    """
    vendor = inbound.VENDORS.get(format_name)
    if vendor is None:
        known = ", ".join(inbound.VENDORS)
        raise NotFound(f"nothing is read from {format_name[:32]!r}: there is {known}")
    said = inbound.read(format_name, document, _by_stage(stages))
    wish = {"status": said.status, "actor": vendor.title}
    if said.owner is not None:
        wish["owner"] = said.owner
    followed = follow_case(service(), key().project_id, said.response_id, wish, now())
    return make_response(of_followed(followed))


def _by_stage(stages: dict[str, str]) -> dict[str, CaseStatus]:
    found: dict[str, CaseStatus] = {}
    for status in CASE_STATUSES:
        for stage in filter(None, (part.strip() for part in stages.get(status, "").split(","))):
            if found.setdefault(stage.lower(), status) != status:
                raise InvalidValue(f"stage {stage!r} stands for two statuses", f"/{status}")
    return found
