"""Follow-up: which low answers wait for somebody today, and what is done about them."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.measures.periods import ONE_DAY, day_of, start_of
from feedback_service.storage.following_up import agenda
from feedback_service.storage.following_up.cases import Wanted
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.usecases.following_up.look_after import closing_of
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.web.api.cursors import pack, unpack
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.reading.seen import seen_response, unseen_surveys
from feedback_service.web.dashboard.sessions import project, staff, unseen_versions
from feedback_service.web.dashboard.site import blueprint, go

_PAGE: Final = 25
WHOSE: Final = {"": "Everybody's", "mine": "Mine", "nobody": "Nobody's"}
WHEN: Final = {"": "Due today", "all": "All that is open"}
_DAYS: Final = 30


@blueprint.get("/p/<slug>/cases", endpoint="cases")
@for_staff("agent")
def every() -> str:
    """List what is to be followed up."""
    whose = forms.text("whose") if forms.text("whose") in WHOSE else ""
    when = forms.text("when") if forms.text("when") in WHEN else ""
    tomorrow = _tomorrow()
    cursor = unpack(service().signer, forms.optional("cursor", 1000))
    wanted = Wanted(
        owner={"": None, "mine": staff().name, "nobody": ""}[whose],
        after=(datetime.fromisoformat(cursor[0]), cursor[1]) if cursor else None,
        without_versions=unseen_versions(service()),
    )
    with service().database.read() as connection:
        due_before = None if when == "all" else tomorrow
        found = agenda.waiting(connection, project().id, due_before, wanted, _PAGE + 1)
        due_today = agenda.due_count(connection, project().id, tomorrow, wanted)
    every_one = Wanted(without_versions=wanted.without_versions)
    closed, standing = closing_of(service(), project().id, every_one, _DAYS, now())
    last = found[_PAGE - 1][0] if len(found) > _PAGE else None
    return render_template(
        "dashboard/cases.html",
        page="cases",
        found=found[:_PAGE],
        more=pack(service().signer, last.due_at.isoformat(), last.id) if last else None,
        whose=whose,
        when=when,
        choices=(WHEN, WHOSE),
        due_today=due_today,
        unseen=unseen_surveys(),
        closed=closed,
        standing=standing,
    )


@blueprint.post("/p/<slug>/responses/<response_id>/case")
@for_staff("agent")
def follow(response_id: str) -> AnyResponse:
    """Move a case on: status, owner, a note; opens one where there is none."""
    seen_response(response_id)
    wish: dict[str, Any] = {"actor": staff().name, "note": forms.prose("note")}
    if "status" in request.form:
        wish["status"] = forms.text("status", 12)
    if "owner" in request.form:
        wish["owner"] = staff().name if "take" in request.form else forms.optional("owner")
    elif "take" in request.form:
        wish["owner"] = staff().name
    revision = forms.text("revision", 9)
    wish["revision"] = forms.number("revision") if revision else None
    follow_case(service(), project().id, response_id, wish, now())
    write_down(service(), staff(), project().id, ("followed case up", response_id), now())
    if request.form.get("from") == "list":
        return go("cases", said="case")
    return go("response", response_id=response_id, said="case")


def _tomorrow() -> datetime:
    """Return when today ends where the project is."""
    zone = ZoneInfo(project().timezone)
    return start_of(day_of(now(), zone) + ONE_DAY, zone)
