"""What every page says about itself: keep it nowhere, tell nobody where it was, run nothing."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, g, request

from feedback_service.web.page.theme import csp_hash, theme_css

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src {styles}; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_STYLESHEET_MAX_AGE_S: Final = 31_536_000  # its URL changes with its content


def wear(theme: Mapping[str, Any]) -> None:
    """Let the page of the running request have a survey's colours."""
    g.page_theme_css = theme_css(theme)


def worn() -> str | None:
    """Return the one inline stylesheet that the page's policy admits, by its hash."""
    css: str | None = g.get("page_theme_css")
    return css


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
    css = worn()
    styles = f"'self' {csp_hash(css)}" if css else "'self'"
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.format(styles=styles)
    response.vary.add("Accept-Language")
    return response
