"""The way in and out: log in by name and password, or once by a link; log out."""

from typing import Final

from flask import redirect, render_template, request, url_for
from limits import parse
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.errors import NotFound
from feedback_service.domain.staff import MAX_PASSWORD_LENGTH
from feedback_service.usecases.staff.log_in import (
    Login,
    log_in,
    log_in_by_link,
    log_out,
    owner_of_link,
)
from feedback_service.web import limits
from feedback_service.web.audiences import for_browsers, for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms, sessions
from feedback_service.web.dashboard.site import blueprint

# A team behind one office address stays below; a guesser does not get far.
TRIES_PER_ADDRESS: Final = parse("30/minute")
WRONG: Final = "Name or password is wrong."
SLOW_DOWN: Final = (
    "There were too many tries. Wait 15 minutes, or have an admin make you a login link."
)


@blueprint.get("/")
@for_staff("agent")
def home() -> AnyResponse:
    """Lead to the first project somebody may see."""
    for one in service().catalog.current().projects():
        if sessions.staff().sees(one.id):
            return redirect(url_for("dashboard.overview", slug=one.slug), code=303)
    raise NotFound(
        "there is no project yet. Whoever runs the service makes one with `feedback-service "
        "project create NAME`; then come back to this page"
    )


@blueprint.get("/<path:nothing>")
@for_browsers
def astray(nothing: str) -> AnyResponse:
    """Say on a page, not as a problem document, that a path leads nowhere."""
    raise NotFound(f"the dashboard has no page /{nothing}")


@blueprint.get("/login")
@for_browsers
def login() -> AnyResponse:
    """Show the login form."""
    return _form()


@blueprint.post("/login")
@for_browsers
def enter() -> AnyResponse:
    """Log somebody in."""
    limits.spend(TRIES_PER_ADDRESS, "login", limits.client())
    sessions.check_form(request.cookies.get(sessions.COOKIE, ""))
    name, password = forms.text("name", 200), request.form.get("password", "")
    found = log_in(service(), name, password[: MAX_PASSWORD_LENGTH + 1], now())
    if found.session is None:
        return _form(SLOW_DOWN if found.throttled else WRONG, 429 if found.throttled else 401)
    return _entered(found, request.form.get("next"))


@blueprint.get("/link/<link>")
@for_browsers
def link(link: str) -> AnyResponse:
    """Ask before a link is used up: what previews links must not spend it."""
    owner = owner_of_link(service(), link, now())
    if owner is None:
        return _form("This link was used already, or is older than a day. Ask for another.", 410)
    stranger = sessions.stranger()
    page = render_template(
        "dashboard/link.html", owner=owner, link=link, csrf=sessions.form_proof(stranger)
    )
    return sessions.keep(AnyResponse(page, mimetype="text/html"), stranger, lasts=False)


@blueprint.post("/link/<link>")
@for_browsers
def enter_by_link(link: str) -> AnyResponse:
    """Log the owner of a link in and use it up."""
    limits.spend(TRIES_PER_ADDRESS, "login", limits.client())
    sessions.check_form(request.cookies.get(sessions.COOKIE, ""))
    found = log_in_by_link(service(), link, now())
    if found.session is None:
        return _form("This link was used already, or is older than a day. Ask for another.", 410)
    return _entered(found, None)


@blueprint.post("/logout")
@for_staff("agent")
def leave() -> AnyResponse:
    """End the session."""
    log_out(service(), sessions.session(), now())
    return sessions.drop(redirect(url_for("dashboard.login"), code=303))


def _form(fault: str | None = None, status: int = 200) -> AnyResponse:
    stranger = sessions.stranger()
    page = render_template(
        "dashboard/login.html",
        csrf=sessions.form_proof(stranger),
        fault=fault,
        name=request.form.get("name", ""),
        next=request.values.get("next", ""),
    )
    reply = AnyResponse(page, status=status, mimetype="text/html")
    return sessions.keep(reply, stranger, lasts=False)


def _entered(found: Login, wanted: str | None) -> AnyResponse:
    """Begin with a new id, whatever the browser had before, and lead to a page of ours."""
    assert found.session is not None
    target = url_for("dashboard.home")
    # Only a path of ours: everything else could lead astray who has just logged in.
    if wanted and wanted.startswith("/dashboard/") and "\\" not in wanted:
        target = request.script_root + wanted
    return sessions.keep(redirect(target, code=303), found.session, lasts=True)
