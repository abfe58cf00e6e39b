"""How a survey looks: style sheets over the panel's own, for place, points and theme."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from feedback_service.domain.colours import hex_of, palette, scheme_of
from feedback_service.domain.display import DEFAULTS
from feedback_service.domain.surveys import Definition
from feedback_service.locales.wording import Wording

_FILE: Final = Path(__file__).parent / "static" / "looks.json"
_COLOURS: Final = ("accent", "background", "text")
# What the panel has a variable for.
_VARIABLES: Final = ("bg", "text", "muted", "edge", "line", "hover", "accent", "ink")
_STAR: Final = "M12 2.6 14.9 8.5l6.5.9-4.7 4.6 1.1 6.4L12 17.4l-5.8 3 1.1-6.4L2.6 9.4l6.5-.9z"
# Head and eyes; the mouth follows.
_FACE: Final = "M12 2a10 10 0 1 0 .01 0M8.5 8.8v1.4m7-1.4v1.4M7.5 "
_MANY: Final = 7


def style_of(definition: Definition, wording: Wording) -> str:
    """Return how the points look: names where they have some, unless the owner chose."""
    own: str | None = definition.display.get("style")
    return own or ("names" if wording.points[0].text else "numbers")


def kind_of(style: str, points: int) -> str:
    """Return the class names of a row of points."""
    if style == "names":
        return "list"
    return "many" if points > _MANY else f"{style} of-{points}"


def icon(style: str, position: int, points: int) -> str | None:
    """Return the line that draws a point, in a field of 24 by 24, if it is drawn."""
    if style == "stars":
        return _STAR
    if style != "faces":
        return None
    joy = 2 * position / (points - 1) - 1
    return f"{_FACE}{15.5 - joy * 1.5:g}q4.5 {joy * 5:g} 9 0"


def style_sheet(definition: Definition, kind: str) -> str:
    """Return what a survey's card needs over the panel's own style sheet; "" for nothing."""
    position = definition.display.get("position", DEFAULTS["position"])
    names = [position, *kind.split()]
    if definition.extra_questions:
        names += ["list", "extra"]
    parts = _parts()
    needed = dict.fromkeys(name for name in names if name in parts)
    return "".join(parts[name] for name in needed) + theme_css(definition.theme)


def theme_css(theme: Mapping[str, Any]) -> str:
    """Return a theme as rules; a background of the brand's own holds by day and by night."""
    own = {name: theme[name] for name in _COLOURS if theme.get(name)}
    scheme = theme.get("scheme", "auto")
    css = ""
    if "background" in own:
        css = _rule(own, scheme_of(own["background"]))
    elif scheme != "auto":
        css = _rule(own, scheme)
    elif own:
        css = f"{_rule(own, 'light')}@media(prefers-color-scheme:dark){{{_rule(own, 'dark')}}}"
    if theme.get("radius"):
        css += f":host{{--radius:{theme['radius']}}}"
    if theme.get("font") == "inherit":
        css += ".card{font-family:inherit}"
    return css


def _rule(own: Mapping[str, str], scheme: str) -> str:
    colours = palette(own, scheme)
    variables = ";".join(f"--{name}:{hex_of(colours[name])}" for name in _VARIABLES)
    return f":host{{{variables}}}.card{{color-scheme:{scheme}}}"


@cache
def _parts() -> dict[str, str]:
    """Read the style sheets that widget/build.mjs made, once per process."""
    parts: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    return parts
