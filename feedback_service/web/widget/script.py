"""The widget's file: floating for embeds, immutable under its version."""

import gzip
import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request

from feedback_service import __version__
from feedback_service.web.audiences import for_browsers

blueprint: Final = Blueprint("script", __name__)
_FILE: Final = Path(__file__).parent / "static" / "widget.js"


@dataclass(frozen=True, slots=True)
class Script:
    """The built widget. integrity: for the integrity attribute of a script tag."""

    plain: bytes
    gzipped: bytes
    etag: str
    integrity: str


@cache
def script() -> Script:
    """Read and compress the file once per process."""
    plain = _FILE.read_bytes()
    integrity = "sha384-" + b64encode(hashlib.sha384(plain).digest()).decode("ascii")
    etag = hashlib.sha256(plain).hexdigest()[:32]
    return Script(plain, gzip.compress(plain, 9, mtime=0), etag, integrity)


@blueprint.get("/widget.js")
@for_browsers
def floating() -> Response:
    """Serve the newest widget; pages look again after five minutes."""
    return _served("public, max-age=300")


@blueprint.get("/w/<version>/widget.js")
@for_browsers
def pinned(version: str) -> Response:
    """Serve exactly this version, for pages that pin it with its integrity hash."""
    if version != __version__:
        abort(404, description=f"this service carries widget {__version__}")
    return _served("public, max-age=31536000, immutable")


def _served(caching: str) -> Response:
    built = script()
    compressed = request.accept_encodings["gzip"] > 0
    reply = Response(
        built.gzipped if compressed else built.plain, content_type="text/javascript; charset=utf-8"
    )
    if compressed:
        reply.headers["Content-Encoding"] = "gzip"
    # The same tag for both encodings must be weak.
    reply.set_etag(built.etag, weak=True)
    reply.headers["Cache-Control"] = caching
    reply.headers["Access-Control-Allow-Origin"] = "*"
    reply.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.vary.add("Accept-Encoding")
    reply.make_conditional(request)
    return reply
