"""What every page says about itself: keep it nowhere, tell nobody where it was, run only ours."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, g

from feedback_service.web.page.assets import SCRIPT_HASHES, STYLES_HASH, csp_hash
from feedback_service.web.page.theme import theme_css

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src {styles}; script-src {scripts}; img-src {images}; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def wear(theme: Mapping[str, Any]) -> None:
    """Let the page of the running request have a survey's colours and logo."""
    g.page_theme_css = theme_css(theme)
    g.page_logo = theme.get("logo")


def worn() -> str | None:
    """Return the theme's stylesheet, which the page's policy admits by its hash."""
    css: str | None = g.get("page_theme_css")
    return css


def logo() -> str | None:
    """Return the address of the one picture the page may load."""
    url: str | None = g.get("page_logo")
    return url


def protect(response: Response) -> Response:
    """Add the headers."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cache-Control"] = "no-store"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    css, picture = worn(), logo()
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.format(
        styles=f"{STYLES_HASH} {csp_hash(css)}" if css else STYLES_HASH,
        scripts=SCRIPT_HASHES,
        images=f"data: {picture}" if picture else "data:",
    )
    response.vary.add("Accept-Language")
    return response
