"""The one place that turns errors into HTTP."""

from collections.abc import Mapping
from typing import Final

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from feedback_service.domain import errors
from feedback_service.domain.errors import ContactPolicyRefusal, FeedbackError
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.web.api.replies import instant
from feedback_service.web.limits import TooManyRequests
from feedback_service.web.problems import WIRE_CODES, WireError, problem

log = structlog.get_logger()

RETRY_AFTER_S: Final = 5

# What each error of the domain means in HTTP: (status, title).
STATUS: Final[Mapping[type[FeedbackError], tuple[int, str]]] = {
    errors.InvalidValue: (422, "A value breaks a rule"),
    errors.ScoreOutOfRange: (422, "The score is off the scale"),
    errors.AddressBlocked: (422, "We do not send to this address"),
    errors.NotFound: (404, "There is no such thing in this project"),
    errors.NameTaken: (409, "The name is taken"),
    errors.TokenInvalid: (401, "The token is not valid"),
    errors.TokenExpired: (410, "The token has expired"),
    errors.TokenRevoked: (410, "The token was withdrawn"),
    errors.ResponseFinal: (409, "The response is final"),
    errors.SurveyClosed: (410, "The survey takes no answers now"),
    errors.OriginRefused: (403, "This page may not use this site key"),
    errors.ContactPolicyRefusal: (409, "This person must not be asked now"),
    errors.KeyInvalid: (401, "The API key is not valid"),
    errors.CaseChanged: (412, "The case was changed meanwhile"),
    errors.ScopeMissing: (403, "The API key may not do this"),
}

_HTTP_CODES: Final = {
    400: "malformed-json",
    404: "no-such-path",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
}


def install(app: Flask) -> None:
    """Let every error of the app answer as problem+json."""
    app.register_error_handler(FeedbackError, from_domain)
    app.register_error_handler(WireError, from_wire)
    app.register_error_handler(StorageUnavailable, from_storage)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_bug)


def from_domain(error: FeedbackError) -> Response:
    status, title = STATUS[type(error)]
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.KeyInvalid) else {}
    faults = [(error.field, str(error))] if error.field else []
    if isinstance(error, ContactPolicyRefusal):
        return problem(
            status, error.code, title, str(error), reason=error.reason, until=instant(error.until)
        )
    return problem(status, error.code, title, str(error), faults=faults, headers=headers)


def from_wire(error: WireError) -> Response:
    status, title = WIRE_CODES[error.code]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status == 409:
        headers = {"Retry-After": "1"}
    if isinstance(error, TooManyRequests):
        headers = {"Retry-After": str(error.retry_after_s)}
    return problem(status, error.code, title, error.detail, faults=error.faults, headers=headers)


def from_storage(error: StorageUnavailable) -> Response:
    log.error("storage unavailable", error=str(error))
    status, title = WIRE_CODES["unavailable"]
    return problem(
        status,
        "unavailable",
        title,
        "nothing was stored: send the same request again in a moment",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def from_http(error: HTTPException) -> Response:
    """Give Werkzeug's and Flask's own errors our shape; redirects stay what they are."""
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    code = _HTTP_CODES.get(status, "internal" if status >= 500 else "invalid-request")
    kept = {
        name: value
        for name, value in error.get_headers()
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}
    }
    title = WIRE_CODES[code][1]
    return problem(status, code, title, error.description or title, headers=kept)


def from_bug(error: Exception) -> Response:
    """Log once, with the request id, and say nothing about our insides."""
    log.error("request crashed", endpoint=request.endpoint, exc_info=error)
    status, title = WIRE_CODES["internal"]
    return problem(status, "internal", title, "this was logged; please tell us the request id")
