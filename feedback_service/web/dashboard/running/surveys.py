"""Surveys: list them, write one with the widget beside it, and everything to ask it with."""

from typing import Any, Final

from flask import Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.display import TRIGGERS
from feedback_service.domain.errors import FeedbackError, InvalidValue, NotFound
from feedback_service.domain.measures.scales import AUDIENCES, METRICS, SCALES
from feedback_service.domain.surveys import JOURNEY_STAGES, STATUSES, Survey
from feedback_service.locales.wording import wording_for
from feedback_service.mailing.links import SENDERS
from feedback_service.mailing.mail import FORMATS, Format, Wish, mail
from feedback_service.storage import projects
from feedback_service.usecases.setup.configure_survey import (
    definition_of,
    find_survey,
    put_survey,
)
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.usecases.visiting.find_site_key import find_site_key
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.reading.tiles import MANY
from feedback_service.web.dashboard.running import survey_form
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.showing import drafts
from feedback_service.web.dashboard.site import blueprint, go
from feedback_service.web.problems import WireError
from feedback_service.web.qr import MIMETYPES, open_link_path, qr_code
from feedback_service.web.urls import base

CHOICES: Final[dict[str, Any]] = {
    "metrics": METRICS,
    "scales": SCALES,
    "audiences": AUDIENCES,
    "stages": JOURNEY_STAGES,
    "statuses": STATUSES,
    "triggers": TRIGGERS,
    "senders": SENDERS,
}


@blueprint.get("/p/<slug>/surveys", endpoint="surveys")
@for_staff("analyst")
def every() -> str:
    """List the surveys."""
    found = service().catalog.current().surveys(project().id)
    find = forms.text("find", 64)
    asked = {one.key: _question(one) for one in found}
    return render_template(
        "dashboard/surveys.html",
        page="surveys",
        found=[one for one in found if find.casefold() in f"{one.key} {asked[one.key]}".casefold()],
        asked=asked,
        find=find,
        may_find=len(found) > MANY,
    )


@blueprint.get("/p/<slug>/surveys/new", endpoint="new_survey")
@for_staff("analyst")
def begin() -> str:
    """Show an empty form."""
    return _form(None, survey_form.blank())


@blueprint.post("/p/<slug>/surveys/new", endpoint="make_survey")
@for_staff("analyst")
def make() -> AnyResponse:
    """Make a survey."""
    key = forms.text("key", 64)
    if service().catalog.current().survey(project().id, key) is not None:
        fault = f"There is a survey {key!r} already: choose another key."
        return Response(_form(None, survey_form.sent(), fault), 409)
    return _saved(None, key)


@blueprint.get("/p/<slug>/surveys/<survey_key>", endpoint="survey")
@for_staff("analyst")
def one(survey_key: str) -> str:
    """Show how to ask a survey, and its form."""
    survey = find_survey(service(), project().id, survey_key)
    return _form(survey, survey_form.filled(survey))


@blueprint.post("/p/<slug>/surveys/<survey_key>", endpoint="change_survey")
@for_staff("analyst")
def change(survey_key: str) -> AnyResponse:
    """Change a survey: a new version when what it asks is another."""
    return _saved(find_survey(service(), project().id, survey_key), survey_key)


@blueprint.post("/p/<slug>/survey-preview", endpoint="draft")
@for_staff("analyst", by_hand=False)
def draft() -> AnyResponse:
    """Return where the survey in the form can be seen, or what is wrong with it."""
    try:
        document = survey_form.document()
        definition_of(document)
        key = forms.text("key", 64) or "draft"
        sealed = drafts.sealed(service().signer, project().id, key, document, now())
    except WireError as error:
        return Response(error.detail, 422, mimetype="text/plain")
    except FeedbackError as error:
        return Response(str(error), 422, mimetype="text/plain")
    return Response(url_for("dashboard.preview", draft=sealed), mimetype="text/plain")


@blueprint.get("/p/<slug>/surveys/<survey_key>/qr.<form>", endpoint="survey_qr")
@for_staff("analyst")
def qr(survey_key: str, form: str) -> Response:
    """Draw the QR code of the open link."""
    if form not in MIMETYPES:
        abort(404)
    survey = find_survey(service(), project().id, survey_key)
    link = base() + open_link_path(find_site_key(service(), project().id), survey.key)
    reply = Response(qr_code(link, "png" if form == "png" else "svg"), mimetype=MIMETYPES[form])
    if "download" in request.args:
        reply.headers["Content-Disposition"] = f'attachment; filename="{survey.key}.{form}"'
    return reply


def _saved(survey: Survey | None, key: str) -> AnyResponse:
    try:
        document = survey_form.document()
        _keep_protected(survey, document)
        saved, _created = put_survey(service(), project().id, key, document, now())
    except WireError as error:
        return Response(_form(survey, survey_form.sent(), error.detail), 422)
    except NotFound:
        raise
    except FeedbackError as error:
        return Response(_form(survey, survey_form.sent(), str(error)), 422)
    write_down(service(), staff(), project().id, ("saved survey", saved.key), now())
    return go("survey", survey_key=saved.key, said="saved")


def _keep_protected(survey: Survey | None, document: dict[str, Any]) -> None:
    """Raise InvalidValue when who sees no answers of this audience would see the next ones."""
    if survey is None or staff().sees_answers_of(survey.definition.audience):
        return
    if staff().sees_answers_of(document.get("audience") or "customer"):
        raise InvalidValue(
            f"Only an admin may turn a survey of {survey.definition.audience}s into one of "
            "customers: it would lay single answers open. Make a new survey, or ask an admin.",
            "/audience",
        )


def _form(survey: Survey | None, values: dict[str, Any], fault: str | None = None) -> str:
    return render_template(
        "dashboard/survey.html",
        page="surveys",
        survey=survey,
        values=values,
        fault=fault,
        choices=CHOICES,
        ways=_ways(survey) if survey else None,
    )


def _ways(survey: Survey) -> dict[str, Any]:
    """Return what it takes to ask a survey: script, link, mail."""
    with service().database.read() as connection:
        site_key = projects.site_key_text(connection, project().id)
    sender = forms.optional("sender", 40)
    sender = sender if sender in SENDERS else None
    wished = forms.text("format", 8)
    form: Format = next((one for one in FORMATS if one == wished), "html")
    wish = Wish(format=form, sender=sender)
    return {
        "site_key": site_key,
        "script": base() + "/widget.js",
        "open_link": base() + open_link_path(site_key, survey.key) if site_key else None,
        "mail": mail(survey.definition, project().name, wish),
        "sender": sender,
        "format": form,
        "formats": FORMATS,
    }


def _question(survey: Survey) -> str:
    return wording_for(survey.definition, project().name, "en").question
