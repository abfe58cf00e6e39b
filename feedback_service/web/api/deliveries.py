"""/v1/deliveries: what was sent, what came back, what waits."""

from typing import Any, get_args

from marshmallow import fields, validate

from feedback_service.domain.alerting.deliveries import DeliveryStatus
from feedback_service.domain.errors import NotFound
from feedback_service.storage.dispatch import deliveries
from feedback_service.usecases.setup.configure_webhook import retry_delivery
from feedback_service.web.api.cursors import pack, unpack
from feedback_service.web.api.replies import of_delivery, of_delivery_in_full
from feedback_service.web.api.reply_shapes import DeliveryInFull, DeliveryPage, DeliveryReply
from feedback_service.web.api.shapes import Strict, one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "deliveries", __name__, url_prefix="/v1/deliveries", description="What was sent to webhooks"
)


class DeliveryQuery(Strict):
    webhook = string(32)
    status = one_of(*get_args(DeliveryStatus))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = string(1000)


@blueprint.route("", methods=["GET"])
@for_servers("webhooks:read")
@blueprint.arguments(DeliveryQuery, location="query")
@blueprint.response(200, DeliveryPage)
def page(query: dict[str, Any]) -> Any:
    """List deliveries with their attempts, newest first."""
    limit = query["limit"]
    position = unpack(service().signer, query.get("cursor"))
    with service().database.read() as connection:
        found = deliveries.page(
            connection,
            key().project_id,
            webhook_id=query.get("webhook"),
            status=query.get("status"),
            before=position[0] if position else None,
            limit=limit + 1,
        )
        attempts = deliveries.attempts_of(connection, [delivery.id for delivery in found[:limit]])
    next_cursor = pack(service().signer, found[limit - 1].id) if len(found) > limit else None
    return {
        "items": [of_delivery(one, attempts.get(one.id, [])) for one in found[:limit]],
        "next_cursor": next_cursor,
    }


@blueprint.route("/<delivery_id>", methods=["GET"])
@for_servers("webhooks:read")
@blueprint.response(200, DeliveryInFull)
def one(delivery_id: str) -> Any:
    """Show a delivery with its body and its attempts, each with its request and the reply.

    The body is left out for keys that may not read responses; your own headers are masked.
    """
    with service().database.read() as connection:
        found = deliveries.find(connection, key().project_id, delivery_id)
        attempts = deliveries.attempts_of(connection, [delivery_id])
    if found is None:
        raise NotFound(f"this project has no delivery {delivery_id!r}")
    if "responses:read" in key().scopes:
        return of_delivery_in_full(found, attempts.get(delivery_id, []))
    return {**of_delivery(found, attempts.get(delivery_id, [])), "body": None}


@blueprint.route("/<delivery_id>/retry", methods=["POST"])
@for_servers("webhooks:write")
@blueprint.response(202, DeliveryReply)
def retry(delivery_id: str) -> Any:
    """Send a settled delivery once more, with the same id and bytes."""
    again = retry_delivery(service(), key().project_id, delivery_id, now())
    with service().database.read() as connection:
        attempts = deliveries.attempts_of(connection, [delivery_id])
    return of_delivery(again, attempts.get(delivery_id, []))
