"""Keeps an open page up to date: it asks again, and mostly hears that nothing changed."""

import hashlib
from collections.abc import Callable
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from feedback_service.storage.staff import pulse
from feedback_service.web.audiences import service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.sessions import project, staff

# Answers that commit out of order may hide behind a newer one; for longer than this none does.
_AT_LEAST_EVERY_S: Final = 300


def reply(render: Callable[[], str]) -> Response:
    """Return the rendered parts, or 304 without rendering when nothing changed since."""
    with service().database.read() as connection:
        beat = pulse.of_project(connection, project().id)
    known = service().catalog.current().version
    bucket = int(now().timestamp()) // _AT_LEAST_EVERY_S
    seen = f"{request.full_path}|{beat}|{known}|{bucket}|{staff().id}|{staff().role}"
    etag = hashlib.sha256(seen.encode()).hexdigest()[:32]
    answer = Response(mimetype="text/html")
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains(etag):
        return answer.make_conditional(request)
    answer.set_data(render())
    return answer
