"""Users: who may log in to this project and what they may do; everybody's own password."""

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.errors import FeedbackError, InvalidValue, NotFound
from feedback_service.domain.staff import MIN_PASSWORD_LENGTH, ROLES, Staff
from feedback_service.storage.staff import people
from feedback_service.usecases.staff import keep_staff
from feedback_service.usecases.staff.keep_staff import StaffWish
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.sessions import drop, project, staff
from feedback_service.web.dashboard.site import blueprint, go
from feedback_service.web.urls import absolute


@blueprint.get("/p/<slug>/users", endpoint="users")
@for_staff("admin")
def every() -> str:
    """List who may log in."""
    return _list(None)


@blueprint.post("/p/<slug>/users", endpoint="add_user")
@for_staff("admin")
def add() -> AnyResponse:
    """Add somebody and show their login link, this once."""
    everywhere = staff().project_id is None and "everywhere" in request.form
    wish = StaffWish(
        forms.text("name", 200), forms.text("role", 8), None if everywhere else project().id
    )
    try:
        added = keep_staff.add_staff(service(), wish, staff().name, now())
    except FeedbackError as error:
        return Response(_list(str(error)), 422)
    return _link_page(added.name)


@blueprint.post("/p/<slug>/users/<number>/link", endpoint="user_link")
@for_staff("admin")
def link(number: str) -> AnyResponse:
    """Show a new login link, this once."""
    return _link_page(_person(number).name)


@blueprint.post("/p/<slug>/users/<number>/role", endpoint="user_role")
@for_staff("admin")
def role(number: str) -> AnyResponse:
    """Change what somebody may do."""
    person = _person(number)
    keep_staff.set_role(service(), person.name, forms.text("role", 8), staff().name, now())
    return go("users", said="saved")


@blueprint.post("/p/<slug>/users/<number>/state", endpoint="user_state")
@for_staff("admin")
def state(number: str) -> AnyResponse:
    """Shut somebody out, or let them in again."""
    person = _person(number)
    if person.id == staff().id:
        raise InvalidValue("you would shut yourself out: have another admin do it")
    disabled = forms.text("disabled") == "1"
    keep_staff.set_disabled(service(), person.name, staff().name, now(), disabled=disabled)
    return go("users", said="saved")


@blueprint.get("/p/<slug>/account", endpoint="account")
@for_staff("agent")
def account() -> str:
    """Show somebody their own account."""
    return _account(None)


@blueprint.post("/p/<slug>/account", endpoint="set_password")
@for_staff("agent")
def set_password() -> AnyResponse:
    """Change one's own password; whoever is logged in with the old one is logged out."""
    person = staff()
    password = request.form.get("password", "")
    try:
        if person.has_password:
            current = request.form.get("current", "")
            keep_staff.check_current_password(service(), person, current)
        if password != request.form.get("again", ""):
            raise InvalidValue("the two new passwords differ", "/again")
        keep_staff.set_password(service(), person.name, password, person.name, now())
    except FeedbackError as error:
        return Response(_account(str(error)), 422)
    return drop(go("account", said="password"))


def _account(fault: str | None) -> str:
    return render_template(
        "dashboard/account.html", page="account", fault=fault, shortest=MIN_PASSWORD_LENGTH
    )


def _list(fault: str | None) -> str:
    with service().database.read() as connection:
        found = people.every(connection, project().id)
    mine = [one for one in found if _is_mine(one)]
    return render_template(
        "dashboard/users.html",
        page="settings",
        found=found,
        mine=mine,
        roles=ROLES,
        fault=fault,
        sent=request.form,
    )


def _link_page(name: str) -> AnyResponse:
    secret = keep_staff.make_link(service(), name, staff().name, now())
    page = render_template(
        "dashboard/secret.html",
        page="settings",
        label="login link",
        text=absolute("dashboard.link", link=secret),
        of=name,
        back="users",
    )
    return Response(page)


def _person(number: str) -> Staff:
    """Return somebody the admin may change. Raises NotFound."""
    with service().database.read() as connection:
        found = people.numbered(connection, int(number)) if number.isdecimal() else None
    if found is None or not found.sees(project().id) or not _is_mine(found):
        raise NotFound("there is no such user, or an admin of all projects has to change them")
    return found


def _is_mine(person: Staff) -> bool:
    """Tell whether the admin may change somebody: one of a single project only its people."""
    return staff().project_id in {None, person.project_id}
