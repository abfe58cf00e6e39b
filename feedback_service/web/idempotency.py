"""Idempotency-Key: a POST sent twice acts once and answers the same both times.

Follows draft-ietf-httpapi-idempotency-key-header-07: same key and request, the kept reply; same key
and another request, 422; still running, 409.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Response, current_app, make_response, request

from feedback_service.domain.access.keys import ApiKey
from feedback_service.storage import idempotency
from feedback_service.storage.idempotency import KeptReply
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from feedback_service.web.problems import WireError

MAX_KEY_LENGTH: Final = 255
_KEPT_HEADERS: Final = ("Content-Type", "Location")


def replayed(service: Service, key: ApiKey, view: Callable[[], Any]) -> Response:
    """Run the view once per Idempotency-Key and API key; afterwards repeat its reply."""
    name = _name()
    with service.database.write() as connection:
        kept = idempotency.begin(connection, key.id, name, _fingerprint(), service.vault, now())
    if kept is None:
        return _first(service, key, name, view)
    if kept.fingerprint != _fingerprint():
        raise WireError(
            "key-reused", "this Idempotency-Key came with another request: use a fresh one"
        )
    if kept.reply is None:
        raise WireError("key-in-use", "the first request with this Idempotency-Key still runs")
    reply = Response(kept.reply.body, kept.reply.status, dict(kept.reply.headers))
    reply.headers["Idempotency-Replayed"] = "true"
    return reply


@contextmanager
def once(service: Service, key: ApiKey, *, needs_campaign: bool) -> Iterator[bool]:
    """Tell whether a request too large to keep its reply runs for the first time.

    Always true without an Idempotency-Key. needs_campaign: nothing makes a second reply the same,
    so the header is refused. When the block fails, the key may be used again.
    """
    if "Idempotency-Key" not in request.headers:
        yield True
        return
    if needs_campaign:
        raise WireError(
            "invalid-request",
            "Idempotency-Key needs a campaign here: without one every link is a new one",
        )
    name = _name()
    path = hashlib.sha256(request.full_path.encode()).hexdigest()
    with service.database.write() as connection:
        kept = idempotency.begin(connection, key.id, name, path, service.vault, now())
    if kept is not None:
        if kept.fingerprint != path:
            raise WireError(
                "key-reused", "this Idempotency-Key came with another request: use a fresh one"
            )
        yield False
        return
    try:
        yield True
    except BaseException:
        with service.database.write() as connection:
            idempotency.forget(connection, key.id, name)
        raise
    with service.database.write() as connection:
        idempotency.finish(connection, key.id, name, KeptReply(200, {}, b""), service.vault)


def _name() -> str:
    name = request.headers["Idempotency-Key"].strip()
    if not 0 < len(name) <= MAX_KEY_LENGTH or not name.isascii() or not name.isprintable():
        raise WireError(
            "invalid-request", f"Idempotency-Key has 1 to {MAX_KEY_LENGTH} ASCII characters"
        )
    return name


def _first(service: Service, key: ApiKey, name: str, view: Callable[[], Any]) -> Response:
    try:
        reply = make_response(view())
    except Exception as error:  # noqa: BLE001  # the error handlers answer it; we keep the answer
        reply = make_response(current_app.handle_user_exception(error))
    with service.database.write() as connection:
        if reply.status_code >= 500:
            idempotency.forget(connection, key.id, name)
        else:
            headers = {h: reply.headers[h] for h in _KEPT_HEADERS if h in reply.headers}
            body = reply.get_data()
            kept = KeptReply(reply.status_code, headers, body)
            idempotency.finish(connection, key.id, name, kept, service.vault)
    return reply


def _fingerprint() -> str:
    head = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(head + request.get_data()).hexdigest()
