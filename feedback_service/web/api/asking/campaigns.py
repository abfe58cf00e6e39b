"""/v1/campaigns: what became of the links of a mailing."""

from typing import Any

from feedback_service.domain.errors import NotFound
from feedback_service.storage.asking import campaigns
from feedback_service.web.api.asking.replies import CampaignList, of_campaign
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "campaigns", __name__, url_prefix="/v1/campaigns", description="What became of mailings"
)


@blueprint.route("", methods=["GET"])
@for_servers("responses:read")
@blueprint.response(200, CampaignList)
def every() -> dict[str, Any]:
    """List the campaigns, the one with the newest links first, each survey by itself."""
    with service().database.read() as connection:
        found = campaigns.every(connection, key().project_id)
    return {"items": [of_campaign(one) for one in found]}


@blueprint.route("/<name>", methods=["GET"])
@for_servers("responses:read")
@blueprint.response(200, CampaignList)
def one(name: str) -> dict[str, Any]:
    """Show what became of a campaign, each survey by itself."""
    with service().database.read() as connection:
        found = campaigns.every(connection, key().project_id, name)
    if not found:
        raise NotFound(f"this project has no campaign {name!r}")
    return {"items": [of_campaign(one) for one in found]}
