"""What every page says about itself: keep it nowhere, tell nobody where it was, run nothing."""

from typing import Final

from flask import Response, request

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_STYLESHEET_MAX_AGE_S: Final = 31_536_000  # its URL changes with its content


def protect(response: Response) -> Response:
    """Add the headers. The stylesheet is the one thing that may be kept."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint == "page.static":
        if response.status_code == 200:
            headers["Cache-Control"] = f"public, max-age={_STYLESHEET_MAX_AGE_S}, immutable"
        return response
    headers["Cache-Control"] = "no-store"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.vary.add("Accept-Language")
    return response
