"""RFC 9457 problem documents: every error a program can receive."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response

from feedback_service.telemetry import REQUEST_ID

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:problem:feedback-service:"

# Errors about the shape of a request, beside those of domain/errors.py: code -> (status, title).
WIRE_CODES: Final[Mapping[str, tuple[int, str]]] = {
    "malformed-json": (400, "The body is not the JSON we read"),
    "unauthorized": (401, "No API key given"),
    "no-such-path": (404, "There is nothing at this path"),
    "method-not-allowed": (405, "This path does not know this method"),
    "key-in-use": (409, "A request with this Idempotency-Key is still running"),
    "too-large": (413, "The request is too large"),
    "unsupported-media-type": (415, "The body has the wrong content type"),
    "invalid-request": (422, "The request breaks the schema"),
    "key-reused": (422, "This Idempotency-Key was used for another request"),
    "too-many-requests": (429, "Too many requests"),
    "internal": (500, "Something broke on our side"),
    "unavailable": (503, "The database cannot be reached or written now"),
}


class WireError(Exception):
    """A request that never reached the domain.

    code: of WIRE_CODES. faults: (JSON pointer, what is wrong and how to mend it).
    """

    def __init__(self, code: str, detail: str, faults: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)


def problem(  # the members of a problem document
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    faults: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return the reply for an error. more: extra members."""
    document: dict[str, Any] = {
        "type": TYPE_PREFIX + code,
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    if faults:
        document["errors"] = [{"pointer": pointer, "detail": fault} for pointer, fault in faults]
    request_id = REQUEST_ID.get()
    if request_id:
        document["request_id"] = request_id
    reply = Response(
        json.dumps(document, ensure_ascii=False), status=status, content_type=CONTENT_TYPE
    )
    reply.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        reply.headers[name] = value
    return reply
