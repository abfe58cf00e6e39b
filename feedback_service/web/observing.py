"""One log line and one measurement per request, under a request id."""

import re
import time
from random import getrandbits
from typing import Final

import structlog
from flask import Flask, Response, g, request
from flask.globals import request_ctx

from feedback_service.telemetry import REQUEST_ID, observe_request

log = structlog.get_logger()

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


def install(app: Flask, *, lines: bool) -> None:
    """Give every request an id, told to the caller and standing in every log line.

    lines: whether a line per request would be logged at all; making one costs more than it says.
    """

    @app.before_request
    def begin() -> None:
        g.started_s = time.time()
        g.began = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        # Not a secret: the system's random source would let go of the interpreter for it.
        fresh = f"{getrandbits(64):016x}"
        request_id = given if given and _REQUEST_ID.fullmatch(given) else fresh
        REQUEST_ID.set(request_id)

    @app.after_request
    def tell(reply: Response) -> Response:
        elapsed_s = time.perf_counter() - g.began
        asked = request_ctx.request  # itself: the proxy looks it up again at every use
        # The template, never the path: a path may hold a token.
        route = asked.url_rule.rule if asked.url_rule else None
        observe_request(asked.method, route, reply.status_code, elapsed_s)
        if lines:
            log.info(
                "request",
                method=asked.method,
                route=route,
                status=reply.status_code,
                ms=round(elapsed_s * 1000, 1),
            )
        reply.headers["X-Request-Id"] = REQUEST_ID.get() or ""
        return reply

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        REQUEST_ID.set(None)
