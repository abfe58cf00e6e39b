"""What may be asked on a site, when, in which words, and the right to ask it."""

import gzip
import hashlib
import json
from functools import lru_cache
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, ValidationError, fields, validate

from feedback_service.domain.access.keys import ApiKey, key_digest, looks_like_key
from feedback_service.domain.errors import FeedbackError, KeyInvalid, OriginRefused
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.locales.wording import best_locale
from feedback_service.storage.catalog import Snapshot
from feedback_service.usecases.inviting.show import show
from feedback_service.web import errors
from feedback_service.web.api.replies import instant
from feedback_service.web.api.shapes import LOCALE, Strict, string
from feedback_service.web.audiences import for_browsers, service
from feedback_service.web.clock import now
from feedback_service.web.problems import WireError
from feedback_service.web.widget import asked
from feedback_service.web.widget.cors import open_to_all, open_to_origin, preflight
from feedback_service.web.widget.rules import rule
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "widget", __name__, url_prefix="/v1/widget", description="What the widget on a page asks"
)


class RulesQuery(Strict):
    key = string(100, required=True)

    class Meta:
        unknown = EXCLUDE  # pages sit behind caches and trackers that add parameters


class ConfigQuery(RulesQuery):
    locale = fields.String()
    survey = fields.String(metadata={"description": "only this one"})
    version = fields.String(
        metadata={"description": "of the survey; the reply is then kept longer by caches"}
    )


class Trait(fields.Field[str]):
    """A short text; numbers and truth values are taken as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int | float) or not 1 <= len(str(value)) <= 200:
            raise ValidationError("send a text of 1 to 200 characters, a number, true or false")
        return str(value)


class ShowContext(Strict):
    page_url = fields.String(validate=validate.Length(max=2000), allow_none=True)
    locale = fields.String(validate=LOCALE, allow_none=True)
    touchpoint = string(64, allow_none=True)
    traits = fields.Dict(keys=string(64), values=Trait(), allow_none=True)


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


@blueprint.route("/rules", methods=["GET"])
@for_browsers
@blueprint.arguments(RulesQuery, location="query")
@blueprint.doc(responses={"200": {"description": "When to ask which survey, without its words"}})
def rules(query: dict[str, Any]) -> Response:
    """Tell a page's widget when to ask which survey.

    The same for every visitor, so that caches may keep it: the widget decides on the page.
    """
    snapshot = service().catalog.current()
    project = _project(snapshot, _site_key(snapshot, query["key"]))
    return _document({"surveys": [rule(survey) for survey in _active(snapshot, project)]}, 300)


@blueprint.route("", methods=["GET"])
@for_browsers
@blueprint.arguments(ConfigQuery, location="query")
@blueprint.doc(responses={"200": {"description": "Texts, and the surveys that may be shown"}})
def config(query: dict[str, Any]) -> Response:
    """Tell a page's widget what it may ask, with every text in one language."""
    snapshot = service().catalog.current()
    project = _project(snapshot, _site_key(snapshot, query["key"]))
    locale = best_locale([query.get("locale"), *_browser_languages()])
    wanted = query.get("survey")
    surveys = [one for one in _active(snapshot, project) if wanted in {None, one.key}]
    is_pinned = wanted and [str(one.version) for one in surveys] == [query.get("version")]
    reply = _document(asked.config(project, surveys, locale), 3600 if is_pinned else 60)
    if not query.get("locale"):
        reply.vary.add("Accept-Language")
    return reply


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
    if request.endpoint in {"widget.config", "widget.rules"}:
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


def _active(snapshot: Snapshot, project: Project) -> list[Survey]:
    return [survey for survey in snapshot.surveys(project.id) if survey.status == "active"]


def _document(said: dict[str, Any], max_age_s: int) -> Response:
    """Return JSON that caches may keep, packed where that is understood."""
    document = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    is_packed = request.accept_encodings["gzip"] > 0
    reply = Response(_packed(document) if is_packed else document, content_type="application/json")
    if is_packed:
        reply.headers["Content-Encoding"] = "gzip"
    # The same tag for both encodings must be weak.
    reply.set_etag(hashlib.sha256(document).hexdigest()[:32], weak=True)
    reply.headers["Cache-Control"] = f"public, max-age={max_age_s}"
    reply.vary.add("Accept-Encoding")
    reply.make_conditional(request)
    return open_to_all(reply)


# Surveys times languages that people ask for; some hundred bytes each.
@lru_cache(maxsize=256)
def _packed(document: bytes) -> bytes:
    return gzip.compress(document, 9, mtime=0)
