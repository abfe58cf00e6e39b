"""The cookie of a logged-in browser, and proof that a form came from a page of ours."""

import hashlib
import hmac
import secrets
from typing import Final

from flask import Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.errors import NotFound
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.projects import Project
from feedback_service.domain.staff import SESSION_LONGEST, Role, Staff, StaffSession
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff.log_in import session_of
from feedback_service.web.clock import now
from feedback_service.web.urls import settings

COOKIE: Final = "feedback_staff"
STALE: Final = (
    "This form is too old, or did not come from the dashboard. Nothing was changed: "
    "go back, reload the page and try again."
)


def enter(service: Service, role: Role, slug: str | None, *, by_hand: bool) -> AnyResponse | None:
    """Let the running request in, or return the reply that keeps it out.

    slug: of the project it is about. Aborts with 403, raises NotFound.
    """
    session_id = request.cookies.get(COOKIE, "")
    session = session_of(service, session_id, now(), by_hand=by_hand)
    if session is None:
        if not by_hand:
            return Response("log in again", status=401)
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("dashboard.login", next=wanted), code=303)
    g.staff_session, g.staff_form = session, form_proof(session_id)
    if not session.staff.may(role):
        abort(403, description=f"This is for {role}s, and you are an {session.staff.role}.")
    if slug is not None:
        g.project = _project(service, session.staff, slug)
    if request.method == "POST":
        check_form(session_id)
    return None


def staff() -> Staff:
    """Return who makes the running request."""
    return session().staff


def session() -> StaffSession:
    found: StaffSession = g.staff_session
    return found


def project() -> Project:
    """Return the project the running request is about."""
    found: Project = g.project
    return found


def unseen_versions(service: Service) -> frozenset[int]:
    """Return the survey versions whose single answers whoever makes the request does not see."""
    if all(staff().sees_answers_of(audience) for audience in PROTECTED):
        return frozenset()
    return service.catalog.current().protected_versions(project().id)


def form_proof(session_id: str) -> str:
    """Return what every form of a session carries: only who holds the cookie can know it."""
    return hmac.new(session_id.encode(), b"dashboard form", hashlib.sha256).hexdigest()


def check_form(session_id: str) -> None:
    """Abort with 403 unless the form came from a page of this session."""
    sent = request.form.get("csrf", "")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    proof = form_proof(session_id)
    if not session_id or site not in {"same-origin", "none"}:
        abort(403, description=STALE)
    if not hmac.compare_digest(sent.encode(), proof.encode()):
        abort(403, description=STALE)


def stranger() -> str:
    """Return the id of a browser that is not logged in, for the proof in the login form."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(32)


def keep(reply: AnyResponse, session_id: str, *, lasts: bool) -> AnyResponse:
    """Set the cookie; lasts: over the end of the browser, as a session does."""
    is_https = request.is_secure or (settings().public_url or "").startswith("https://")
    reply.set_cookie(
        COOKIE,
        session_id,
        max_age=int(SESSION_LONGEST.total_seconds()) if lasts else None,
        path=_path(),
        secure=is_https,
        httponly=True,
        samesite="Lax",
    )
    return reply


def drop(reply: AnyResponse) -> AnyResponse:
    """Take the cookie back."""
    reply.delete_cookie(COOKIE, path=_path(), httponly=True, samesite="Lax")
    return reply


def _path() -> str:
    return f"{request.script_root}/dashboard"


def _project(service: Service, person: Staff, slug: str) -> Project:
    for one in service.catalog.current().projects():
        if one.slug == slug and person.sees(one.id):
            return one
    raise NotFound(f"there is no project {slug!r}, or you may not see it")
