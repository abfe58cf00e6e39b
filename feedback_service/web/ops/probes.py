"""Probes and metrics."""

import hmac
import time
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, request

from feedback_service.storage.engine import health
from feedback_service.telemetry import CONTENT_TYPE, render_metrics
from feedback_service.web.audiences import for_operators, service
from feedback_service.web.clock import now
from feedback_service.web.problems import WIRE_CODES, WireError, problem
from feedback_service.web.urls import settings

blueprint: Final = Blueprint("ops", __name__)
# A probe writes; however often it is asked, the database hears of it once a second.
_READY_FOR_S: Final = 1.0


@blueprint.get("/healthz")
@for_operators
def alive() -> Response:
    """Say that the process answers; asks nothing else."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@for_operators
def ready() -> Response:
    """Say whether answers can be stored and webhooks go out."""
    checks = _readiness()
    wrong = [check for check in checks if check.state == "wrong"]
    if wrong:
        status, title = WIRE_CODES["unavailable"]
        names = ", ".join(check.name for check in wrong)
        return problem(status, "unavailable", title, names, headers={"Retry-After": "5"})
    return jsonify(status="ok", checks={check.name: check.state for check in checks})


@blueprint.get("/metrics")
@for_operators
def metrics() -> Response:
    """Serve Prometheus metrics; with FEEDBACK_METRICS_TOKEN set, to its bearer only."""
    wanted = settings().metrics_token
    if wanted is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise WireError("unauthorized", "send Authorization: Bearer and FEEDBACK_METRICS_TOKEN")
    database = service().database
    return Response(
        render_metrics(lambda: health.gauges(database, now())), content_type=CONTENT_TYPE
    )


def _readiness() -> list[health.Check]:
    kept: tuple[float, list[health.Check]] | None = current_app.extensions.get("feedback_ready")
    if kept is not None and time.monotonic() - kept[0] < _READY_FOR_S:
        return kept[1]
    checks = health.readiness(service().database, now())
    current_app.extensions["feedback_ready"] = (time.monotonic(), checks)
    return checks
