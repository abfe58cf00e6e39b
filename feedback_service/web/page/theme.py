"""A survey's own colours on the page; a background of the brand's own holds by day and by night."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from feedback_service.domain.colours import hex_of, palette, scheme_of

_COLOURS: Final = ("accent", "background", "text")


def theme_css(theme: Mapping[str, Any]) -> str | None:
    """Return a theme as a stylesheet over page.css, None when it sets no colour."""
    accent, background, text = (theme.get(name) for name in _COLOURS)
    return _css(accent, background, text) if accent or background or text else None


def csp_hash(css: str) -> str:
    """Return the policy source that admits exactly this stylesheet."""
    digest = b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@lru_cache(maxsize=256)
def _css(accent: str | None, background: str | None, text: str | None) -> str:
    wanted = {"accent": accent, "background": background, "text": text}
    own = {name: colour for name, colour in wanted.items() if colour}
    if background:
        return _rule(own, scheme_of(background))
    light, dark = _rule(own, "light"), _rule(own, "dark")
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rule(own: Mapping[str, str], scheme: str) -> str:
    colours = palette(own, scheme).items()
    variables = ";".join(f"--{name}:{hex_of(colour)}" for name, colour in colours)
    return f":root{{{variables};color-scheme:{scheme}}}"
