"""The dashboard's blueprint: what all its pages share, and how errors look in it."""

import hashlib
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.errors import FeedbackError, InvalidValue, NotFound
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.web.audiences import service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import sessions
from feedback_service.web.dashboard.showing import times, words
from feedback_service.web.errors import RETRY_AFTER_S, STATUS
from feedback_service.web.problems import WIRE_CODES, WireError

log = structlog.get_logger()

blueprint: Final = Blueprint(
    "dashboard",
    __name__,
    url_prefix="/dashboard",
    static_folder="static",
    template_folder="templates",
)
_STATIC: Final = Path(__file__).parent / "static"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
# What a page says after a form was sent: ?said=….
SAID: Final = {
    "saved": "Saved.",
    "excluded": "Left out of every figure.",
    "counted": "Counted again.",
    "confirmed": "Confirmed: it counts from now on, and webhooks hear of it.",
    "case": "The case was changed.",
    "tested": "A test event is on its way; it shows up below in a moment.",
    "retried": "Queued once more, with the same id and the same bytes.",
    "enabled": "Enabled: what was held back is being sent.",
    "paused": "Paused: deliveries wait until you enable it.",
    "tagging": "The rules are being applied to all comments; it may take a minute.",
    "removed": "Deleted.",
    "revoked": "Revoked, at once and for good.",
    "password": "Your password was changed; other browsers were logged out.",
}


@blueprint.after_request
def protect(reply: Response) -> Response:
    """Keep pages out of caches and frames, and let only files of ours run."""
    headers = reply.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers.setdefault("Content-Security-Policy", POLICY)
    if request.endpoint == "dashboard.static" and request.args.get("v"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return reply


@blueprint.context_processor
def shared() -> dict[str, Any]:
    """Return what every template may use."""
    known: dict[str, Any] = {
        "asset": asset,
        "words": words,
        "said": SAID.get(request.args.get("said", "")),
        "me": None,
        "project": g.get("project"),
        "zone": ZoneInfo("UTC"),
        "now": now(),
    }
    if "staff_session" in g:
        mine = [one for one in service().catalog.current().projects() if _seen(one.id)]
        known |= {"me": sessions.staff(), "projects": mine, "csrf": g.staff_form}
    if known["project"] is not None:
        known["zone"] = ZoneInfo(known["project"].timezone)
    return known


@blueprint.app_template_filter("moment")
def moment(at: datetime | str, zone: ZoneInfo) -> Markup:
    """Return an instant as people read it; histories keep theirs as text."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return times.moment(at, zone, now())


def asset(name: str) -> str:
    """Return the URL of a file of ours, which changes with its content."""
    return url_for("dashboard.static", filename=name, v=_digest(name))


def at(endpoint: str, **values: Any) -> str:
    """Return the URL of a page of the project at hand."""
    return url_for(f"dashboard.{endpoint}", slug=sessions.project().slug, **values)


def go(endpoint: str, **values: Any) -> AnyResponse:
    """Lead to a page after a form was sent, so that reloading it sends nothing again."""
    return redirect(at(endpoint, **values), code=303)


def _seen(project_id: int) -> bool:
    return sessions.staff().sees(project_id)


@lru_cache(maxsize=32)
def _digest(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


@blueprint.errorhandler(FeedbackError)
def refused(error: FeedbackError) -> tuple[str, int]:
    status, title = STATUS[type(error)]
    if isinstance(error, InvalidValue):
        title = "That does not fit"
    if isinstance(error, NotFound) and "project" not in g:
        title = "There is nothing here"
    return _page(title, str(error)), status


@blueprint.errorhandler(WireError)
def malformed(error: WireError) -> tuple[str, int, dict[str, str]]:
    status, title = WIRE_CODES[error.code]
    retry = getattr(error, "retry_after_s", None)
    return _page(title, error.detail), status, {"Retry-After": str(retry)} if retry else {}


@blueprint.errorhandler(StorageUnavailable)
def unavailable(error: StorageUnavailable) -> tuple[str, int, dict[str, str]]:
    log.error("storage unavailable", error=str(error))
    text = "The database cannot be reached right now. Nothing was changed; try again in a moment."
    return _page("Try again in a moment", text), 503, {"Retry-After": str(RETRY_AFTER_S)}


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> Any:
    if (error.code or 500) < 400:
        return error
    title = "Not allowed" if error.code == HTTPStatus.FORBIDDEN else error.name
    return _page(title, error.description or error.name), error.code


def _page(title: str, text: str) -> str:
    """Return what went wrong; errors of ours begin small and end without a point."""
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
    return render_template("dashboard/notice.html", title=title, text=sentence)
