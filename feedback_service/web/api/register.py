"""Registers the server API and the OpenAPI description of every JSON call."""

from typing import Any, Final

from flask import Flask
from flask_smorest import Api

from feedback_service import __version__
from feedback_service.web.api import (
    deliveries,
    qr,
    respondents,
    responses,
    surveys,
    tokens,
    webhooks,
)
from feedback_service.web.api.asking import batch, campaigns
from feedback_service.web.api.cases import inbound
from feedback_service.web.api.cases import views as cases
from feedback_service.web.api.exporting import views as exporting
from feedback_service.web.api.outcomes import views as outcomes
from feedback_service.web.api.replies import ProblemReply
from feedback_service.web.api.reporting import views as reports
from feedback_service.web.api.words import views as words
from feedback_service.web.widget import capture, show

_EXTENSION: Final = "feedback_openapi"


class _ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest without its own error replies: web/errors.py answers, problem+json is told."""

    ERROR_SCHEMA = ProblemReply

    def _register_error_handlers(self) -> None:
        """Leave errors to web/errors.py."""


# Each brings its blueprint. A new noun is a line here.
NOUNS: Final = (
    tokens,
    batch,
    campaigns,
    surveys,
    qr,
    responses,
    respondents,
    webhooks,
    deliveries,
    capture,
    show,
    cases,
    inbound,
    reports,
    exporting,
    outcomes,
    words,
)


def install(app: Flask) -> None:
    # Flask's OPTIONS of a GET would answer before the preflight view of the same path.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    for noun in NOUNS:
        app.register_blueprint(noun.blueprint)


def described(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document: server calls need the key, errors are problem+json.

    Made when it is first asked for: describing takes ten times as long as starting.
    """
    document: dict[str, Any] | None = app.extensions.get(_EXTENSION)
    if document is None:
        document = app.extensions[_EXTENSION] = _described(app)
    return document


def _described(app: Flask) -> dict[str, Any]:
    document: dict[str, Any] = _specification().to_dict()
    for shared in document["components"].get("responses", {}).values():
        _as_problem(shared)
    audiences = {
        (rule.rule, method): getattr(app.view_functions[rule.endpoint], "audience", None)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for path, operations in document["paths"].items():
        rule = path.replace("{", "<").replace("}", ">")
        for method, operation in operations.items():
            if isinstance(operation, dict) and audiences.get((rule, method.upper())) == "server":
                operation["security"] = [{"secretKey": []}]
    return document


def _specification() -> Any:
    """Let flask-smorest describe the blueprints; it does so while registering them with an app."""
    aside = Flask("described", static_folder=None, template_folder=None)
    aside.config.update(
        API_TITLE="feedback-service",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    scheme = {
        "type": "http",
        "scheme": "bearer",
        "description": "A secret API key, fbk_live_… or fbk_test_…",
    }
    api = _ProblemApi(
        aside,
        spec_kwargs={
            "info": {"description": "NPS, CSAT and CES: tokens, answers, webhooks."},
            "components": {"securitySchemes": {"secretKey": scheme}},
        },
    )
    for noun in NOUNS:
        api.register_blueprint(noun.blueprint)
    return api.spec


def _as_problem(shared: dict[str, Any]) -> None:
    content = shared.get("content", {})
    if "application/json" in content:
        content["application/problem+json"] = content.pop("application/json")
