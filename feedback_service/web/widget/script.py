"""The widget's files: floating for embeds, immutable under their version."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request

from feedback_service import __version__
from feedback_service.web.audiences import for_browsers

blueprint: Final = Blueprint("script", __name__)
_FOLDER: Final = Path(__file__).parent / "static"
_LOADER: Final = "widget.js"
_PANEL: Final = "panel.js"
_TYPES: Final = "feedback.d.ts"
# Content encoding -> suffix of the file that widget/build.mjs packed so, the smaller one first.
_PACKED: Final = {"br": ".br", "gzip": ".gz"}
_SHORT: Final = "public, max-age=300"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Script:
    """A built file. packed: content encoding -> bytes."""

    plain: bytes
    packed: Mapping[str, bytes]
    etag: str


@cache
def script(name: str) -> Script:
    """Read a file and what it was packed into, once per process."""
    plain = (_FOLDER / name).read_bytes()
    packed = {
        encoding: (_FOLDER / (name + suffix)).read_bytes() for encoding, suffix in _PACKED.items()
    }
    return Script(plain, packed, hashlib.sha256(plain).hexdigest()[:32])


@blueprint.get("/widget.js")
@for_browsers
def floating() -> Response:
    """Serve the newest loader; pages look again after five minutes."""
    return _served(_LOADER, _SHORT)


@blueprint.get("/w/<version>/widget.js")
@for_browsers
def pinned(version: str) -> Response:
    """Serve exactly this version, for pages that pin it with its integrity hash."""
    if version != __version__:
        abort(404, description=f"this service carries widget {__version__}")
    return _served(_LOADER, _FOR_EVER)


@blueprint.get("/w/<version>/panel.js")
@for_browsers
def panel(version: str) -> Response:
    """Serve what the loader fetches once a survey is due.

    A loader from before an upgrade lives on in caches for minutes; it gets what there is now.
    """
    return _served(_PANEL, _FOR_EVER if version == __version__ else _SHORT)


@blueprint.get("/feedback.d.ts")
@for_browsers
def types() -> Response:
    """Serve the types of the widget's calls and events, for pages written in TypeScript."""
    reply = Response((_FOLDER / _TYPES).read_bytes(), content_type="text/plain; charset=utf-8")
    reply.headers["Cache-Control"] = _SHORT
    reply.headers["X-Content-Type-Options"] = "nosniff"
    return reply


def _served(name: str, caching: str) -> Response:
    built = script(name)
    accepted = request.accept_encodings
    encoding = next((name for name in built.packed if accepted[name] > 0), None)
    reply = Response(
        built.packed[encoding] if encoding else built.plain,
        content_type="text/javascript; charset=utf-8",
    )
    if encoding:
        reply.headers["Content-Encoding"] = encoding
    # The same tag for all encodings must be weak.
    reply.set_etag(built.etag, weak=True)
    reply.headers["Cache-Control"] = caching
    reply.headers["Access-Control-Allow-Origin"] = "*"
    reply.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.vary.add("Accept-Encoding")
    reply.make_conditional(request)
    return reply
