"""Registers the server API and the OpenAPI description of every JSON call."""

from typing import Any

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
from feedback_service.web.api.replies import ProblemReply
from feedback_service.web.api.reporting import views as reports
from feedback_service.web.widget import capture, show


class _ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest without its own error replies: web/errors.py answers, problem+json is told."""

    ERROR_SCHEMA = ProblemReply

    def _register_error_handlers(self) -> None:
        """Leave errors to web/errors.py."""


def install(app: Flask) -> None:
    app.config.update(
        API_TITLE="feedback-service",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        # Flask's OPTIONS of a GET would answer before the preflight view of the same path.
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    api = _ProblemApi(
        app,
        spec_kwargs={
            "info": {"description": "NPS, CSAT and CES: tokens, answers, webhooks."},
            "components": {
                "securitySchemes": {
                    "secretKey": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A secret API key, fbk_live_… or fbk_test_…",
                    }
                }
            },
        },
    )
    nouns = (
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
    )
    for noun in nouns:
        api.register_blueprint(noun.blueprint)
    app.extensions["feedback_openapi"] = api.spec


def described(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document: server calls need the key, errors are problem+json."""
    document: dict[str, Any] = app.extensions["feedback_openapi"].to_dict()
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


def _as_problem(shared: dict[str, Any]) -> None:
    content = shared.get("content", {})
    if "application/json" in content:
        content["application/problem+json"] = content.pop("application/json")
