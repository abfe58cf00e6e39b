"""/v1/responses for servers: read what was answered, tag it, exclude it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import make_response
from marshmallow import fields, validate

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.storage import responses
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.mark import mark_response
from feedback_service.web.api.cursors import pack, unpack
from feedback_service.web.api.replies import of_response
from feedback_service.web.api.reply_shapes import ResponsePage, ResponseReply
from feedback_service.web.api.shapes import Strict, Truth, instant_field, string, texts
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.urls import absolute
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "responses", __name__, url_prefix="/v1/responses", description="What was answered"
)


class ResponseFilter(Strict):
    survey = string(64)
    band = string(16)
    touchpoint = string(64)
    channel = string(16)
    campaign = string(100)
    respondent = string(200)
    q = string(200)
    tag = string(50)
    unconfirmed = fields.Boolean()
    since = instant_field()
    updated_since = instant_field()


class ResponseQuery(ResponseFilter):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = string(1000)


class ResponseMarks(Strict):
    tags = texts(string(50))
    excluded = string(200, allow_none=True)
    confirmed = Truth(
        validate=validate.Equal(True, error="send true: an answer is doubted by evidence alone")
    )


@blueprint.route("", methods=["GET"])
@for_servers("responses:read")
@blueprint.arguments(ResponseQuery, location="query")
@blueprint.response(200, ResponsePage)
def page(query: dict[str, Any]) -> Any:
    """List responses, newest first; with updated_since by change, oldest change first.

    Pages neither repeat nor skip while answers arrive: follow next_cursor (or the Link header).
    """
    limit = query["limit"]
    wanted = replace(criteria(query), after=_position(query))
    with service().database.read() as connection:
        found = pages.page(connection, key().project_id, wanted, limit + 1)
    next_cursor = None
    if len(found) > limit:
        last = found[limit - 1][1]
        next_cursor = pack(service().signer, last.updated_at.isoformat(), last.id)
    reply = make_response(
        {
            "items": [of_response(survey, response) for survey, response in found[:limit]],
            "next_cursor": next_cursor,
        }
    )
    reply.headers["Cache-Control"] = "no-store"
    if next_cursor:
        following = {**query, "cursor": next_cursor}
        for name in ("since", "updated_since"):
            if name in following:
                following[name] = following[name].isoformat()
        reply.headers["Link"] = f'<{absolute("responses.page", **following)}>; rel="next"'
    return reply


def criteria(query: dict[str, Any]) -> Criteria:
    """Return what a ResponseFilter asks for."""
    return Criteria(
        survey=query.get("survey"),
        band=query.get("band"),
        touchpoint=query.get("touchpoint"),
        channel=query.get("channel"),
        campaign=query.get("campaign"),
        respondent=query.get("respondent"),
        words=query.get("q"),
        tag=query.get("tag"),
        unconfirmed=query.get("unconfirmed"),
        since=query.get("since"),
        updated_since=query.get("updated_since"),
    )


@blueprint.route("/<response_id>", methods=["GET"])
@for_servers("responses:read")
@blueprint.response(200, ResponseReply)
def one(response_id: str) -> Any:
    """Show one response."""
    with service().database.read() as connection:
        found = responses.find(connection, key().project_id, response_id)
    if found is None:
        raise NotFound(f"this project has no response {response_id!r}")
    reply = make_response(of_response(_survey_key(found.version_id), found))
    reply.headers["Cache-Control"] = "no-store"
    return reply


@blueprint.route("/<response_id>", methods=["PATCH"])
@for_servers("responses:write")
@blueprint.arguments(ResponseMarks)
@blueprint.response(200, ResponseReply)
def mark(document: dict[str, Any], response_id: str) -> Any:
    """Tag a response, or leave it out of every figure with a reason (null counts it again).

    confirmed: an answer that looked like a link scanner's is a person's after all; it counts from
    now on, and webhooks hear of it.
    """
    response = mark_response(service(), key().project_id, response_id, document, now())
    return of_response(_survey_key(response.version_id), response)


def _survey_key(version_id: int) -> str:
    survey = service().catalog.known().survey_version(version_id)
    assert survey is not None, "a survey version with responses is never deleted"
    return survey.key


def _position(query: dict[str, Any]) -> tuple[datetime | None, str] | None:
    parts = unpack(service().signer, query.get("cursor"))
    if parts is None:
        return None
    if len(parts) != 2:
        raise InvalidValue("this cursor belongs to another list", "/cursor")
    return datetime.fromisoformat(parts[0]), parts[1]
