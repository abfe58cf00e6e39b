"""Responses: look for them, read one in full, tag it, leave it out, confirm it."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.following_up.cases import CASE_STATUSES
from feedback_service.domain.measures.periods import day_of
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.measures.scales import BANDS
from feedback_service.domain.surveys import Survey
from feedback_service.storage import respondents
from feedback_service.storage.following_up import agenda, cases
from feedback_service.storage.listing import pages
from feedback_service.usecases.know import deeds
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.reading.filters import filters, place_of
from feedback_service.web.dashboard.reading.seen import seen_response, unseen_surveys
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.showing import outcomes, times
from feedback_service.web.dashboard.showing.effect import effect_of
from feedback_service.web.dashboard.site import blueprint, go

_PAGE: Final = 30
_CHANNELS: Final = ("widget", "email", "link", "sms", "api", "import")


@blueprint.get("/p/<slug>/responses", endpoint="responses")
@for_staff("agent")
def every() -> str:
    """List responses, newest first."""
    asked = filters()
    today = day_of(now(), ZoneInfo(project().timezone))
    wanted = asked.criteria
    with service().database.read() as connection:
        found = pages.page(connection, project().id, wanted, _PAGE + 1)
        followed = agenda.statuses(connection, [one.id for _, one in found])
        counted = None
        if asked.is_of_words:
            counted = pages.how_many_among(connection, wanted)
    last = found[_PAGE - 1][1] if len(found) > _PAGE else None
    surveys = service().catalog.current().surveys(project().id)
    unseen = unseen_surveys()
    return render_template(
        "dashboard/responses.html",
        page="responses",
        found=found[:_PAGE],
        followed=followed,
        given=asked.given,
        days=None if asked.period is None else times.span(asked.period, today),
        today=today,
        counted=counted,
        more=None if last is None else place_of(last.scored_at, last.id),
        is_first=wanted.after is None,
        surveys=[one for one in surveys if one.key not in unseen],
        unseen=unseen,
        bands=[band for metric in _metrics(surveys) for band in BANDS[metric]],
        channels=_CHANNELS,
    )


@blueprint.get("/p/<slug>/responses/<response_id>")
@for_staff("agent")
def response(response_id: str) -> str:
    """Show one response in full, with what can be done about it."""
    return render_template("dashboard/response.html", **_shown(response_id))


@blueprint.post("/p/<slug>/responses/<response_id>/tags")
@for_staff("agent")
def tag(response_id: str) -> AnyResponse:
    """Set the tags."""
    seen_response(response_id)
    mark_response(service(), project().id, response_id, {"tags": forms.words("tags")}, now())
    _note("tagged response", response_id)
    return go("response", response_id=response_id, said="saved")


@blueprint.post("/p/<slug>/responses/<response_id>/exclude")
@for_staff("analyst")
def exclude(response_id: str) -> AnyResponse:
    """Leave a response out of every figure, or count it again when no reason is given."""
    seen_response(response_id)
    reason = forms.optional("reason", 200)
    mark_response(service(), project().id, response_id, {"excluded": reason}, now())
    _note(f"left response out: {reason}" if reason else "counted response again", response_id)
    return go("response", response_id=response_id, said="excluded" if reason else "counted")


@blueprint.post("/p/<slug>/responses/<response_id>/confirm")
@for_staff("analyst")
def confirm(response_id: str) -> AnyResponse:
    """Believe a doubted response."""
    seen_response(response_id)
    mark_response(service(), project().id, response_id, {"confirmed": True}, now())
    _note("confirmed response", response_id)
    return go("response", response_id=response_id, said="confirmed")


def _shown(response_id: str) -> dict[str, Any]:
    found, survey = seen_response(response_id)
    follows = found.respondent and survey.definition.audience not in PROTECTED
    with service().database.read() as connection:
        person = (
            respondents.find(connection, project().id, found.respondent)
            if found.respondent
            else None
        )
        case = cases.of_response(connection, project().id, response_id)
        history = cases.history(connection, case.id) if case else []
    return {
        "page": "responses",
        "one": found,
        "survey": survey,
        "person": person,
        "case": case,
        "history": history,
        "statuses": CASE_STATUSES,
        "effect": effect_of(service(), project(), survey, found, now()),
        "texts": _question_texts(survey),
        "done": deeds(service(), project().id, found.respondent or "") if follows else [],
        "deeds": outcomes.TITLES,
    }


def _question_texts(survey: Survey) -> dict[str, str]:
    """Return extra question key -> its text, in English where there is one."""
    return {
        question["key"]: question["text"].get("en") or next(iter(question["text"].values()))
        for question in survey.definition.extra_questions
    }


def _metrics(surveys: list[Survey]) -> list[Any]:
    return list(dict.fromkeys(survey.definition.metric for survey in surveys))


def _note(action: str, response_id: str) -> None:
    write_down(service(), staff(), project().id, (action[:64], response_id), now())
