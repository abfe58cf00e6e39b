"""GET /v1/widget and POST /v1/widget/tokens: what may be asked here, and the right to ask it."""

import hashlib
import json
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, fields, validate

from feedback_service.domain.access.keys import ApiKey, key_digest, looks_like_key
from feedback_service.domain.errors import FeedbackError, KeyInvalid, OriginRefused
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.locales.wording import best_locale, wording_for
from feedback_service.storage.catalog import Snapshot
from feedback_service.usecases.inviting.show import show
from feedback_service.web import errors
from feedback_service.web.api.replies import instant
from feedback_service.web.api.shapes import LOCALE, Strict, string
from feedback_service.web.audiences import for_browsers, service
from feedback_service.web.clock import now
from feedback_service.web.problems import WireError
from feedback_service.web.widget.cors import open_to_all, open_to_origin, preflight
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "widget", __name__, url_prefix="/v1/widget", description="What the widget on a page asks"
)


class ConfigQuery(Strict):
    key = string(100, required=True)
    locale = fields.String()

    class Meta:
        unknown = EXCLUDE  # pages sit behind caches and trackers that add parameters


class ShowContext(Strict):
    page_url = fields.String(validate=validate.Length(max=2000), allow_none=True)
    locale = fields.String(validate=LOCALE, allow_none=True)
    touchpoint = string(64, allow_none=True)
    traits = fields.Dict(keys=string(64), values=string(200), allow_none=True)


class ShowRequest(Strict):
    key = string(100, required=True)
    survey = string(64, required=True)
    identity = string(4096, allow_none=True)
    visitor = string(64, allow_none=True)
    context = fields.Nested(ShowContext, allow_none=True)


class ShowReply(Strict):
    token = fields.String(required=True)
    token_id = fields.String(required=True)
    expires_at = fields.String(required=True)
    survey = fields.String(required=True)
    version = fields.Integer(required=True)


@blueprint.route("", methods=["GET"])
@for_browsers
@blueprint.arguments(ConfigQuery, location="query")
@blueprint.doc(responses={"200": {"description": "Texts, and the surveys that may be shown"}})
def config(query: dict[str, Any]) -> Response:
    """Tell a page's widget what it may ask, with every text in one language."""
    snapshot = service().catalog.current()
    project = _project(snapshot, _site_key(snapshot, query["key"]))
    locale = best_locale([query.get("locale"), *_browser_languages()])
    surveys = [survey for survey in snapshot.surveys(project.id) if survey.status == "active"]
    document = json.dumps(_config(project, surveys, locale), ensure_ascii=False).encode()
    reply = Response(document, content_type="application/json")
    reply.set_etag(hashlib.sha256(document).hexdigest()[:32])
    reply.headers["Cache-Control"] = "public, max-age=60"
    if not query.get("locale"):
        reply.vary.add("Accept-Language")
    reply.make_conditional(request)
    return open_to_all(reply)


@blueprint.route("/tokens", methods=["POST"])
@for_browsers
@blueprint.arguments(ShowRequest)
@blueprint.response(201, ShowReply)
def issue(document: dict[str, Any]) -> Response:
    """Issue the token of one impression: call it when the survey is about to be shown."""
    snapshot = service().catalog.current()
    key = _site_key(snapshot, document["key"])
    project = _project(snapshot, key)
    origin = request.headers.get("Origin")
    if not project.admits(origin):
        raise OriginRefused(origin)
    request.environ["feedback.origin_admitted"] = True
    impression = show(service(), project.id, document, now(), test=key.test)
    reply = {
        "token": impression.token,
        "token_id": impression.token_id,
        "expires_at": instant(impression.expires_at),
        "survey": impression.survey.key,
        "version": impression.survey.version,
    }
    response = Response(json.dumps(reply), status=201, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return open_to_origin(response)


@blueprint.route("", methods=["OPTIONS"])
@blueprint.doc(responses={"204": {"description": "CORS preflight"}})
@for_browsers
def ask_first() -> Response:
    """Answer the preflight of a browser."""
    return open_to_all(preflight())


@blueprint.route("/tokens", methods=["OPTIONS"])
@blueprint.doc(responses={"204": {"description": "CORS preflight"}})
@for_browsers
def ask_first_for_token() -> Response:
    """Answer the preflight of a browser; the site key comes later, so any page may ask."""
    return open_to_all(preflight())


@blueprint.errorhandler(FeedbackError)
def refused(error: FeedbackError) -> Response:
    return _readable(errors.from_domain(error))


@blueprint.errorhandler(WireError)
def malformed(error: WireError) -> Response:
    return _readable(errors.from_wire(error))


def _readable(reply: Response) -> Response:
    """Let the page read why, unless its origin is the reason."""
    if request.endpoint == "widget.config":
        return open_to_all(reply)
    if request.environ.get("feedback.origin_admitted"):
        return open_to_origin(reply)
    reply.vary.add("Origin")
    return reply


def _site_key(snapshot: Snapshot, text: str) -> ApiKey:
    key = snapshot.key(key_digest(text)) if looks_like_key(text) else None
    if key is None or key.kind != "site" or key.revoked_at is not None:
        raise KeyInvalid
    return key


def _project(snapshot: Snapshot, key: ApiKey) -> Project:
    project = snapshot.project(key.project_id)
    assert project is not None, "keys go with their project"
    return project


def _browser_languages() -> list[str]:
    return [language for language, _ in request.accept_languages]


def _config(project: Project, surveys: list[Survey], locale: str) -> dict[str, Any]:
    asked = [(survey, wording_for(survey.definition, project.name, locale)) for survey in surveys]
    return {
        "project": {"name": project.name},
        "locale": asked[0][1].locale if asked else locale,
        "dir": asked[0][1].dir if asked else "ltr",
        "texts": dict(asked[0][1].ui) if asked else {},
        "surveys": [
            {
                "key": survey.key,
                "version": survey.version,
                "metric": survey.definition.metric,
                "scale": survey.definition.scale.name,
                "question": wording.question,
                "low_label": wording.low_label,
                "high_label": wording.high_label,
                "points": [
                    {
                        "score": point.score,
                        "label": point.label,
                        "text": point.text,
                        "follow_up": point.follow_up,
                    }
                    for point in wording.points
                ],
                "thanks": wording.thanks(None),
                "display": {
                    "trigger": "load",
                    "after_s": 5,
                    "position": "bottom-right",
                    **survey.definition.display,
                },
                "theme": dict(survey.definition.theme),
            }
            for survey, wording in asked
        ],
    }
