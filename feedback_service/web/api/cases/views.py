"""/v1/cases and /v1/responses/…/case: what is being done about low answers."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response, make_response, request

from feedback_service.domain.access.keys import ApiKey
from feedback_service.domain.errors import InvalidValue
from feedback_service.storage.following_up import cases
from feedback_service.storage.following_up.cases import Wanted
from feedback_service.usecases.following_up.follow_case import Followed, case_of, follow_case
from feedback_service.usecases.following_up.look_after import care_of, closing_of, set_care
from feedback_service.web.api.cases.shapes import (
    CareReply,
    CareWish,
    CasePage,
    CaseQuery,
    CaseSummaryQuery,
    CaseSummaryReply,
    CaseWish,
    FollowedReply,
    of_case,
    of_closing,
    of_followed,
)
from feedback_service.web.api.cursors import pack, unpack
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.urls import absolute
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "cases", __name__, url_prefix="/v1", description="What is done about low answers"
)


@blueprint.route("/responses/<response_id>/case", methods=["POST"])
@for_servers("cases:write")
@blueprint.arguments(CaseWish, required=False)
@blueprint.response(200, FollowedReply)
def follow(document: dict[str, Any] | None, response_id: str) -> Any:
    """Follow a case up, or open one by hand: status, owner, due time, a note.

    The last word wins and the history keeps every one; with If-Match (the revision, as ETag told
    it) a change on top of somebody else's is refused with 412.
    """
    wish = dict(document or {})
    wish["actor"] = wish.pop("by", None) or called(key())
    wish["revision"] = _looked_at()
    return _shown(follow_case(service(), key().project_id, response_id, wish, now()))


@blueprint.route("/responses/<response_id>/case", methods=["GET"])
@for_servers("cases:read")
@blueprint.response(200, FollowedReply)
def one(response_id: str) -> Any:
    """Show the case of a response, with its history."""
    return _shown(case_of(service(), key().project_id, response_id))


@blueprint.route("/cases", methods=["GET"])
@for_servers("cases:read")
@blueprint.arguments(CaseQuery, location="query")
@blueprint.response(200, CasePage)
def page(query: dict[str, Any]) -> Any:
    """List cases, newest first; owner= (empty) lists those that nobody has."""
    limit = query["limit"]
    wanted = Wanted(
        status=query.get("status"),
        owner=query.get("owner"),
        survey=query.get("survey"),
        overdue=query["overdue"] == "true" if "overdue" in query else None,
        overdue_at=now(),
        after=_position(query),
    )
    with service().database.read() as connection:
        found = cases.page(connection, key().project_id, wanted, limit + 1)
    next_cursor = None
    if len(found) > limit:
        last = found[limit - 1][0]
        next_cursor = pack(service().signer, last.opened_at.isoformat(), last.id)
    items = [of_case(case, survey, response) for case, survey, response in found[:limit]]
    reply = make_response({"items": items, "next_cursor": next_cursor})
    reply.headers["Cache-Control"] = "no-store"
    if next_cursor:
        following = absolute("cases.page", **{**query, "cursor": next_cursor})
        reply.headers["Link"] = f'<{following}>; rel="next"'
    return reply


@blueprint.route("/cases/summary", methods=["GET"])
@for_servers("cases:read")
@blueprint.arguments(CaseSummaryQuery, location="query")
@blueprint.response(200, CaseSummaryReply)
def summary(query: dict[str, Any]) -> Any:
    """Count the cases, and tell how many of the last days' were closed by their due time."""
    wanted = Wanted(survey=query.get("survey"))
    found, counts = closing_of(service(), key().project_id, wanted, query["days"], now())
    return {"counts": counts, "closing": of_closing(found, query["days"])}


@blueprint.route("/care", methods=["GET"])
@for_servers("cases:read")
@blueprint.response(200, CareReply)
def care() -> Any:
    """Show how soon cases are due, and how long deliveries and answers are kept."""
    return asdict(care_of(service(), key().project_id))


@blueprint.route("/care", methods=["PATCH"])
@for_servers("cases:write")
@blueprint.arguments(CareWish)
@blueprint.response(200, CareReply)
def change_care(document: dict[str, Any]) -> Any:
    """Set how soon new cases are due, and how many days deliveries and answers are kept.

    answer_days: since its last change; then an answer loses its words and what leads to a person,
    and keeps counting.
    """
    return asdict(set_care(service(), key().project_id, document))


def called(by: ApiKey) -> str:
    """Return what the history calls the holder of a key that names nobody."""
    return f"API key {by.name or '…' + by.last4}"


def _shown(followed: Followed) -> Response:
    reply = make_response(of_followed(followed))
    reply.headers["ETag"] = f'"{followed.case.revision}"'
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _looked_at() -> int | None:
    text = request.headers.get("If-Match", "*").strip()
    if text == "*":
        return None
    number = text.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal()) or len(number) > 9:
        raise InvalidValue('If-Match is the case\'s ETag, such as "3"', "/If-Match")
    return int(number)


def _position(query: dict[str, Any]) -> tuple[datetime, str] | None:
    parts = unpack(service().signer, query.get("cursor"))
    if parts is None:
        return None
    try:
        at, last_id = parts
        return datetime.fromisoformat(at), str(last_id)
    except (TypeError, ValueError):
        raise InvalidValue("this cursor belongs to another list", "/cursor") from None
