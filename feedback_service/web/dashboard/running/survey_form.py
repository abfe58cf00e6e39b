"""A survey as a form: the fields most need, and the rest of its document as JSON."""

import json
from typing import Any, Final

from flask import request

from feedback_service.domain.surveys import Survey
from feedback_service.storage.surveys import stored_form
from feedback_service.usecases.setup.configure_survey import definition_of
from feedback_service.web import strict_json
from feedback_service.web.api.shapes import SurveyDocument
from feedback_service.web.dashboard import forms
from feedback_service.web.problems import WireError
from feedback_service.web.wire import load

_FIELDS: Final = (
    "metric",
    "scale",
    "audience",
    "subject",
    "task",
    "touchpoint",
    "journey_stage",
    "status",
)
# Fields of the form that stand deeper in the document: name -> (object, member).
_DEEPER: Final = {
    "question": ("questions", "en"),
    "accent": ("theme", "accent"),
    "trigger": ("display", "trigger"),
}


def blank() -> dict[str, Any]:
    return {"key": "", "metric": "nps", "status": "active", "rest": "{}"}


def filled(survey: Survey) -> dict[str, Any]:
    """Return the form's values for a survey as it is."""
    document = {**stored_form(survey.definition), "status": survey.status}
    values: dict[str, Any] = {"key": survey.key}
    values |= {name: document.pop(name) or "" for name in _FIELDS}
    for name, (inside, member) in _DEEPER.items():
        values[name] = document[inside].pop(member, "")
    usual = stored_form(
        definition_of({"metric": survey.definition.metric, "scale": survey.definition.scale.name})
    )
    rest = {name: value for name, value in document.items() if value != usual[name]}
    values["rest"] = json.dumps(rest, indent=2, ensure_ascii=False)
    return values


def sent() -> dict[str, Any]:
    """Return the form's values as they were sent, to show them again."""
    names = ("key", *_FIELDS, *_DEEPER, "rest")
    return {name: request.form.get(name, "") for name in names}


def document() -> dict[str, Any]:
    """Return the survey document that the form describes. Raises WireError, InvalidValue."""
    rest = strict_json.parse((forms.prose("rest") or "{}").encode())
    if not isinstance(rest, dict):
        raise WireError("invalid-request", "Everything else: write a JSON object, in { and }")
    taken = sorted({*_FIELDS} & rest.keys())
    if taken:
        raise WireError("invalid-request", f"Everything else: {taken[0]} has its own field above")
    whole = {**rest, **{name: forms.text(name, 500) or None for name in _FIELDS}}
    for name, (inside, member) in _DEEPER.items():
        value = forms.text(name, 500)
        if value:
            whole[inside] = {**(whole.get(inside) or {}), member: value}
    return load(SurveyDocument(), whole)
