"""A survey's own look on the page; a background of the brand's own holds by day and by night."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from feedback_service.domain.colours import hex_of, palette, scheme_of

_COLOURS: Final = ("accent", "background", "text")


def theme_css(theme: Mapping[str, Any]) -> str | None:
    """Return a theme as a stylesheet over page.css, None when it changes nothing."""
    own = tuple((name, theme[name]) for name in _COLOURS if theme.get(name))
    scheme = theme.get("scheme")
    css = _colours(own, None if scheme == "auto" else scheme)
    if theme.get("radius"):
        css += f":root{{--radius:{theme['radius']}}}"
    return css or None


@lru_cache(maxsize=256)
def _colours(own: tuple[tuple[str, str], ...], scheme: str | None) -> str:
    colours = dict(own)
    if "background" in colours:
        return _rule(colours, scheme_of(colours["background"]))
    if scheme is not None:
        return _rule(colours, scheme)
    if not colours:
        return ""
    light, dark = _rule(colours, "light"), _rule(colours, "dark")
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rule(own: Mapping[str, str], scheme: str) -> str:
    colours = palette(own, scheme).items()
    variables = ";".join(f"--{name}:{hex_of(colour)}" for name, colour in colours)
    return f":root{{{variables};color-scheme:{scheme}}}"
