"""The real widget, asking a survey that is not saved yet; what is answered goes nowhere."""

import json
from datetime import timedelta
from typing import Any, Final

from flask import Response, render_template, request

from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.locales.wording import best_locale
from feedback_service.usecases.setup.configure_survey import definition_of
from feedback_service.web.api.replies import instant
from feedback_service.web.audiences import for_token_holders, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.showing import drafts
from feedback_service.web.dashboard.site import blueprint
from feedback_service.web.widget import asked
from feedback_service.web.widget.script import script

# In a frame of the survey's form, and nowhere else.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src https: data:; frame-ancestors 'self'; base-uri 'none'"
)


@blueprint.get("/preview/<draft>/")
@for_token_holders
def preview(draft: str) -> Response:
    """Show a page with the widget on it."""
    _project, survey = _drafted(draft)
    reply = Response(render_template("dashboard/preview.html", survey=survey))
    reply.headers["Content-Security-Policy"] = _POLICY
    return reply


@blueprint.get("/preview/<draft>/widget.js")
@for_token_holders
def preview_loader(draft: str) -> Response:
    """Serve the widget from below the draft, so that it asks the draft."""
    _drafted(draft)
    return _script("widget.js")


@blueprint.get("/preview/<draft>/w/<version>/panel.js")
@for_token_holders
def preview_panel(draft: str, version: str) -> Response:
    """Serve the other half of the widget."""
    _drafted(draft)
    return _script("panel.js")


@blueprint.get("/preview/<draft>/v1/widget/rules")
@for_token_holders
def preview_rules(draft: str) -> Response:
    """Tell the widget to wait for its call."""
    _project, survey = _drafted(draft)
    return _document({"surveys": [{"key": survey.key, "trigger": "", "after_s": 0}]})


@blueprint.get("/preview/<draft>/v1/widget")
@for_token_holders
def preview_words(draft: str) -> Response:
    """Tell the widget what to ask."""
    project, survey = _drafted(draft)
    locale = best_locale([request.args.get("locale")])
    return _document(asked.config(project, [survey], locale))


@blueprint.post("/preview/<draft>/v1/widget/tokens")
@for_token_holders
def preview_token(draft: str) -> Response:
    """Let the widget ask."""
    _project, survey = _drafted(draft)
    return _document(
        {
            "token": "preview",
            "token_id": "preview",
            "expires_at": instant(now() + timedelta(hours=1)),
            "survey": survey.key,
            "version": survey.version,
        },
        201,
    )


@blueprint.post("/preview/<draft>/v1/responses")
@for_token_holders
def preview_answer(draft: str) -> Response:
    """Thank for an answer and forget it."""
    _drafted(draft)
    return _document({"id": "preview"}, 201)


def _drafted(draft: str) -> tuple[Project, Survey]:
    """Return the draft as a survey. Raises TokenInvalid, InvalidValue."""
    project_id, key, document = drafts.opened(service().signer, draft, now())
    project = service().catalog.current().project(project_id)
    assert project is not None, "a draft is sealed for a project there is"
    definition = definition_of(document)
    survey = Survey(0, 0, project_id, key, 1, "active", definition, now(), now())
    return project, survey


def _script(name: str) -> Response:
    return Response(script(name).plain, content_type="text/javascript; charset=utf-8")


def _document(said: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(said), status=status, content_type="application/json")
