"""A brand's own colours, bent until everybody can read what is written in them.

Whatever was asked for, text keeps the contrast of WCAG 2.2. The widget, the survey page and the
mail block wear the same palette.
"""

from collections.abc import Mapping
from typing import Final

Rgb = tuple[int, int, int]

# WCAG 2.2: 4.5 for text (1.4.3), 3 for the parts of a control (1.4.11).
TEXT_CONTRAST: Final = 4.5
PART_CONTRAST: Final = 3.0
BLACK: Final = (0, 0, 0)
WHITE: Final = (255, 255, 255)

# What page.css has: the colours a theme leaves alone.
_PLAIN: Final = {
    "light": {"background": "#ffffff", "text": "#171b26", "accent": "#2457d6"}
    | {"good": "#14713e", "bad": "#b3261e"},
    "dark": {"background": "#1b1f2a", "text": "#eef1f7", "accent": "#8fb2ff"}
    | {"good": "#6fd19b", "bad": "#ffb4ab"},
}


def scheme_of(background: str) -> str:
    """Return the scheme that a background belongs to, by what can be read on it."""
    return "dark" if contrast(rgb(background), WHITE) > TEXT_CONTRAST else "light"


def hex_of(colour: Rgb) -> str:
    return "#" + bytes(colour).hex()


def palette(own: Mapping[str, str], scheme: str) -> dict[str, Rgb]:
    """Return every colour of a survey as others see it.

    own: "#rrggbb" of any of accent, background, text. scheme: light or dark, for the rest.
    """
    plain = _PLAIN[scheme]
    wanted = {name: rgb(colour) for name, colour in (plain | dict(own)).items()}
    bg = wanted["background"]
    text = _first_readable([wanted["text"], rgb(plain["text"]), WHITE, BLACK], bg)
    accent = _strengthened(wanted["accent"], text, bg, TEXT_CONTRAST)
    return {
        "ground": _mixed(bg, text, 0.05),
        "bg": bg,
        "text": text,
        "muted": _strengthened(_mixed(bg, text, 0.6), text, bg, TEXT_CONTRAST),
        "line": _mixed(bg, text, 0.16),
        "edge": _strengthened(_mixed(bg, text, 0.4), text, bg, PART_CONTRAST),
        "cell": _tinted(bg, text, 0.03, text),
        "hover": _tinted(bg, accent, 0.12, text),
        "accent": accent,
        "ink": _first_readable([WHITE, BLACK], accent),
        "good": _strengthened(wanted["good"], text, bg, TEXT_CONTRAST),
        "bad": _strengthened(wanted["bad"], text, bg, TEXT_CONTRAST),
        "bad-bg": bg,
    }


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _first_readable(colours: list[Rgb], background: Rgb) -> Rgb:
    """Return the first that can be read; black or white, which end the list, always can."""
    return next((one for one in colours if contrast(one, background) >= TEXT_CONTRAST), BLACK)


def _strengthened(start: Rgb, text: Rgb, background: Rgb, ratio: float) -> Rgb:
    """Pull a colour towards the text's until it stands out enough."""
    steps = (_mixed(start, text, step / 10) for step in range(10))
    return next((one for one in steps if contrast(one, background) >= ratio), text)


def _tinted(background: Rgb, towards: Rgb, share: float, text: Rgb) -> Rgb:
    """Colour a background a little, unless its text could no longer be read on it."""
    tinted = _mixed(background, towards, share)
    return tinted if contrast(tinted, text) >= TEXT_CONTRAST else background


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def rgb(colour: str) -> Rgb:
    """Return the parts of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
