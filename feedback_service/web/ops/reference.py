"""/openapi.json and /docs: the API's description, for programs and for people."""

from typing import Any, Final

from flask import Blueprint, Response, current_app, jsonify, render_template

from feedback_service.web.api.register import described
from feedback_service.web.audiences import for_operators

blueprint: Final = Blueprint(
    "reference", __name__, template_folder="templates", static_folder="static",
    static_url_path="/docs/static",
)  # fmt: skip
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)


@blueprint.get("/openapi.json")
@for_operators
def openapi() -> Response:
    """Serve the OpenAPI 3.1 document."""
    reply = jsonify(described(current_app))
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


@blueprint.get("/docs")
@for_operators
def docs() -> Response:
    """Show the API to a person; no script, nothing from elsewhere."""
    document = described(current_app)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            operation = operations.get(method)
            if operation:
                call = {"method": method.upper(), "path": path, **_shown(document, operation)}
                call["query"] = [
                    parameter
                    for parameter in [*operations.get("parameters", []), *call["query"]]
                    if parameter["in"] == "query"
                ]
                groups.setdefault(operation["tags"][0], []).append(call)
    tags = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    page = Response(
        render_template("ops/docs.html", document=document, groups=groups, tags=tags),
        content_type="text/html; charset=utf-8",
    )
    page.headers["Content-Security-Policy"] = _POLICY
    page.headers["X-Content-Type-Options"] = "nosniff"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _shown(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    replies = {
        status: reply.get("description", "")
        for status, reply in operation.get("responses", {}).items()
        if status.isdigit()
    }
    return {
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "secured": bool(operation.get("security")),
        "query": operation.get("parameters", []),
        "fields": _fields(document, body),
        "replies": replies,
    }


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    name = schema.get("$ref", "").rpartition("/")[2]
    known = document["components"]["schemas"].get(name, schema)
    required = set(known.get("required", []))
    return [
        {"name": field, "required": field in required, "type": _type(rule), "rule": rule}
        for field, rule in known.get("properties", {}).items()
    ]


def _type(rule: dict[str, Any]) -> str:
    if "$ref" in rule:
        return str(rule["$ref"].rpartition("/")[2])
    kinds = rule.get("type", "any")
    named = kinds if isinstance(kinds, str) else " or ".join(kinds)
    choices = [str(choice) for choice in rule.get("enum", []) if choice is not None]
    return f"{named}: {' | '.join(choices)}" if choices else named
