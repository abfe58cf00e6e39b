"""POST /v1/responses: the call that must not be slow and must not lose anything."""

import json
from typing import Any, Final

from flask import Response, request
from marshmallow import fields, validate

from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.responses import MAX_COMMENT_LENGTH, Answer
from feedback_service.locales.wording import wording_for
from feedback_service.telemetry import count_response, count_token_reject
from feedback_service.usecases.collect import Collected, collect_response
from feedback_service.web.api.replies import instant
from feedback_service.web.api.shapes import LOCALE, Strict, Truth, string
from feedback_service.web.audiences import for_token_holders, service
from feedback_service.web.clock import now
from feedback_service.web.widget.cors import open_to_all, preflight
from feedback_service.web.wire import UNUSUAL, ApiBlueprint, load, read_answer, read_json

blueprint = ApiBlueprint(
    "capture", __name__, url_prefix="/v1/responses", description="Answers, by survey token"
)

MAX_TOKEN_LENGTH: Final = 4096


class AnswerContext(Strict):
    page_url = fields.String(validate=validate.Length(max=2000), allow_none=True)
    locale = fields.String(validate=LOCALE, allow_none=True)
    touchpoint = string(64, allow_none=True)
    traits = fields.Dict(keys=string(64), values=string(200), allow_none=True)


class AnswerRequest(Strict):
    token = fields.String(required=True, validate=validate.Length(1, MAX_TOKEN_LENGTH))
    score = fields.Integer(strict=True, allow_none=True)
    comment = fields.String(validate=validate.Length(max=MAX_COMMENT_LENGTH), allow_none=True)
    answers = fields.Dict(keys=string(64), allow_none=True)
    complete = Truth(allow_none=True)
    dismissed = Truth(allow_none=True)
    context = fields.Nested(AnswerContext, allow_none=True)


class AnswerReply(Strict):
    id = fields.String(required=True)
    survey = fields.String(required=True)
    score = fields.Integer(required=True, allow_none=True)
    band = fields.String(required=True, allow_none=True)
    follow_up = fields.String(required=True, allow_none=True)
    complete = fields.Boolean(required=True)
    editable_until = fields.String(required=True)


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
_PLAIN: Final = {"token", "score", "comment", "complete"}
_SCHEMA: Final = AnswerRequest()  # built once: building it costs more than the insert


@blueprint.route("", methods=["POST"])
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": AnswerRequest},
            "text/plain": {"schema": AnswerRequest},
        },
    },
    responses={
        "200": {
            "description": "The same response, changed or repeated",
            "content": {"application/json": {"schema": AnswerReply}},
        },
        "201": {
            "description": "The first answer of this token",
            "content": {"application/json": {"schema": AnswerReply}},
        },
    },
)
@for_token_holders
def collect() -> Response:
    """Save an answer; when this answers 2xx it is on disk, with its webhooks.

    The score may come first and the comment later: the same token updates the same response. What
    is left out stays as it is.
    """
    document = read_answer(request.environ)
    if document is UNUSUAL:
        document = read_json(request, plain_text_too=True)
    if not is_plain(document):
        document = load(_SCHEMA, document)
    try:
        collected = collect_response(service(), document["token"], _answer(document), now())
    except FeedbackError as error:
        count_token_reject(error.code)
        raise
    response = collected.response
    if collected.created:
        count_response(collected.survey.definition.metric, response.channel, response.band)
    return Response(
        _ENCODE(_reply(collected)),
        status=201 if collected.created else 200,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


@blueprint.route("", methods=["OPTIONS"])
@blueprint.doc(responses={"204": {"description": "CORS preflight"}})
@for_token_holders
def ask_first() -> Response:
    """Answer the preflight of a browser."""
    return preflight()


@blueprint.after_request
def readable(reply: Response) -> Response:
    """Let the page read every reply, or it takes a refused token for an outage and retries."""
    return open_to_all(reply)


def is_plain(document: Any) -> bool:
    """Tell whether the schema would take the document as it is.

    Nearly every answer is of this kind, and asking the schema costs more than storing it.
    """
    return (
        type(document) is dict
        and document.keys() <= _PLAIN
        and type(document.get("token")) is str
        and 1 <= len(document["token"]) <= MAX_TOKEN_LENGTH
        and type(document.get("score", 0)) is int
        and type(document.get("comment", "")) is str
        and len(document.get("comment", "")) <= MAX_COMMENT_LENGTH
        and type(document.get("complete", False)) is bool
    )


def _answer(document: dict[str, Any]) -> Answer:
    context = document.get("context") or {}
    comment = document.get("comment")
    return Answer(
        score=document.get("score"),
        # null takes a comment back, leaving it out keeps it.
        comment="" if comment is None and "comment" in document else comment,
        answers=document.get("answers"),
        complete=bool(document.get("complete")),
        dismissed=bool(document.get("dismissed")),
        page_url=context.get("page_url"),
        locale=context.get("locale"),
        traits=context.get("traits") or {},
    )


def _reply(collected: Collected) -> dict[str, Any]:
    response = collected.response
    definition = collected.survey.definition
    follow_up = None
    if response.band is not None:
        follow_up = wording_for(definition, "", response.locale).follow_up(response.band)
    return {
        "id": response.id,
        "survey": collected.survey.key,
        "score": response.score,
        "band": response.band,
        "follow_up": follow_up,
        "complete": response.complete,
        "editable_until": instant(response.editable_until(definition)),
    }
