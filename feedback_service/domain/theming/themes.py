"""Which themes may be saved: those whose colours can be read as they were chosen (WCAG 2.2 AA)."""

from collections.abc import Mapping
from typing import Any, Final

from feedback_service.domain.colours import (
    PART_CONTRAST,
    TEXT_CONTRAST,
    Rgb,
    contrast,
    hex_of,
    palette,
    rgb,
)
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.theming.oklch import nearest_readable

_COLOURS: Final = ("accent", "background", "text")
# Theme field -> the contrast it needs against the background, and the rule that says so.
_NEEDED: Final = {
    "text": (TEXT_CONTRAST, "text needs {need}:1 (WCAG 2.2, 1.4.3)"),
    "accent": (PART_CONTRAST, "buttons and chosen points need {need}:1 (WCAG 2.2, 1.4.11)"),
}


def check_theme(theme: Mapping[str, Any]) -> None:
    """Raise InvalidValue for a colour that cannot be read on its background, with one that can.

    Judged where the colours were chosen for: on the theme's own background, else on that of its
    scheme, else by day. What the other scheme shows is derived, and bent until it can be read
    (domain/colours.py).
    """
    background = _background(theme)
    for field, (need, rule) in _NEEDED.items():
        if not theme.get(field):
            continue
        colour = rgb(theme[field])
        has = contrast(colour, background)
        if has < need:
            near = nearest_readable(colour, background, need)
            raise InvalidValue(
                f"the {field} {hex_of(colour)} on the background {hex_of(background)} has a "
                f"contrast of {_shown(has)}:1, but {rule.format(need=f'{need:g}')}: "
                f"the nearest colour that can be read is {hex_of(near)}",
                f"/theme/{field}",
            )


def _background(theme: Mapping[str, Any]) -> Rgb:
    own = {name: theme[name] for name in _COLOURS if theme.get(name)}
    return palette(own, "dark" if theme.get("scheme") == "dark" else "light")["bg"]


def _shown(ratio: float) -> str:
    """Return a ratio rounded down: 4.499 must not read as the 4.5 it misses."""
    return f"{int(ratio * 100) / 100:.2f}"
