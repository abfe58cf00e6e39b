"""CORS for the public calls: no credentials ever, an unknown origin is never named back."""

from typing import Final

from flask import Response, request

_METHODS: Final = "GET, POST, OPTIONS"
_PREFLIGHT_S: Final = "7200"


def open_to_all(reply: Response) -> Response:
    """Let pages of any origin read the reply: what it says is public, or its token was the key."""
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def open_to_origin(reply: Response) -> Response:
    """Let the page that asked read the reply; the project admits its origin."""
    origin = request.headers.get("Origin")
    if origin:
        reply.headers["Access-Control-Allow-Origin"] = origin
    reply.vary.add("Origin")
    return reply


def preflight() -> Response:
    """Answer a browser that asks before it sends."""
    reply = Response(status=204)
    reply.headers["Access-Control-Allow-Methods"] = _METHODS
    reply.headers["Access-Control-Allow-Headers"] = "Content-Type"
    reply.headers["Access-Control-Max-Age"] = _PREFLIGHT_S
    reply.vary.add("Origin")
    return reply
