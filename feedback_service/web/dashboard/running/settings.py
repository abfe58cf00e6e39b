"""Settings of a project: its keys, pages, contact policy and retention; the audit log."""

from dataclasses import asdict
from typing import Any, Final

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.access.keys import SCOPES
from feedback_service.domain.errors import FeedbackError
from feedback_service.storage import projects
from feedback_service.storage.staff import deeds
from feedback_service.usecases.following_up.look_after import care_of, set_care
from feedback_service.usecases.setup.issue_key import KeyWish, issue_key, revoke_key
from feedback_service.usecases.setup.set_origins import set_origins
from feedback_service.usecases.setup.set_policy import set_contact_policy
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.site import blueprint, go

_PAGE: Final = 50
_POLICY: Final = ("after_answer_days", "after_decline_days", "cap", "cap_days")
_HOUR_S: Final = 3600


@blueprint.get("/p/<slug>/settings", endpoint="settings")
@for_staff("admin")
def every() -> str:
    """Show all settings."""
    return _shown(None)


@blueprint.post("/p/<slug>/settings/keys", endpoint="make_key")
@for_staff("admin")
def make_key() -> Any:
    """Make a key and show it, this once."""
    kind = "site" if forms.text("kind") == "site" else "secret"
    wish = KeyWish(
        kind="site" if kind == "site" else "secret",
        name=forms.text("name", 100),
        test="test" in request.form,
        scopes=() if kind == "site" else tuple(request.form.getlist("scopes")),
    )
    text = issue_key(service(), project().id, wish, now())
    _note(f"made {kind} key", wish.name or None)
    shown = {"label": f"{kind} key", "text": text, "of": wish.name or project().name}
    return render_template("dashboard/secret.html", page="settings", **shown, back="settings")


@blueprint.post("/p/<slug>/settings/keys/<key>/revoke", endpoint="revoke_key")
@for_staff("admin")
def revoke(key: str) -> AnyResponse:
    """Withdraw a key."""
    revoke_key(service(), project().id, key, now())
    _note("revoked key", key)
    return go("settings", said="revoked")


@blueprint.post("/p/<slug>/settings/origins", endpoint="set_origins")
@for_staff("admin")
def origins() -> AnyResponse:
    """Say which pages may embed the widget."""
    try:
        allowed = set_origins(service(), project().id, forms.words("origins"))
    except FeedbackError as error:
        return Response(_shown(("origins", str(error))), 422)
    _note("set origins", ", ".join(allowed) or "every page")
    return go("settings", said="saved")


@blueprint.post("/p/<slug>/settings/policy", endpoint="set_policy")
@for_staff("admin")
def policy() -> AnyResponse:
    """Set how soon a person is asked again."""
    try:
        changes = {name: forms.number(name) for name in _POLICY}
        set_contact_policy(service(), project().id, changes)
    except FeedbackError as error:
        return Response(_shown(("policy", str(error))), 422)
    _note("set contact policy", ", ".join(f"{name} {value}" for name, value in changes.items()))
    return go("settings", said="saved")


@blueprint.post("/p/<slug>/settings/care", endpoint="set_care")
@for_staff("admin")
def care() -> AnyResponse:
    """Set how soon cases are due, and how long deliveries and answers are kept."""
    try:
        wanted = {
            "case_due_s": forms.number("case_due_hours") * _HOUR_S,
            "delivery_days": forms.number("delivery_days"),
            "answer_days": forms.number("answer_days") if forms.text("answer_days") else None,
        }
        set_care(service(), project().id, wanted)
    except FeedbackError as error:
        return Response(_shown(("care", str(error))), 422)
    _note("set follow-up and retention", f"{wanted}")
    return go("settings", said="saved")


@blueprint.get("/p/<slug>/audit", endpoint="audit")
@for_staff("admin")
def audit() -> str:
    """Show who did what."""
    before = forms.number("before") if forms.text("before") else None
    sees_all = staff().project_id is None
    with service().database.read() as connection:
        found = deeds.page(connection, project().id, _PAGE + 1, before, with_logins=sees_all)
    more = found[_PAGE - 1][0] if len(found) > _PAGE else None
    return render_template("dashboard/audit.html", page="settings", found=found[:_PAGE], more=more)


def _shown(fault: tuple[str, str] | None) -> str:
    with service().database.read() as connection:
        keys = projects.keys(connection, project().id)
        signing = projects.signing_key_list(connection, project().id, service().vault)
        site_key = projects.site_key_text(connection, project().id)
    kept = care_of(service(), project().id)
    return render_template(
        "dashboard/settings.html",
        page="settings",
        keys=keys,
        signing=signing,
        site_key=site_key,
        scopes=SCOPES,
        policy=asdict(project().contact_policy),
        case_due_hours=round(kept.case_due_s / _HOUR_S),
        delivery_days=kept.delivery_days,
        answer_days=kept.answer_days,
        fault=fault or ("", ""),
        sent=request.form,
    )


def _note(action: str, subject: str | None) -> None:
    write_down(service(), staff(), project().id, (action, subject), now())
