"""A survey's own colours on the page, bent until everybody can read it.

The rules are the widget's (widget/src/panel/palette.js): a background of the brand's own holds by
day and by night; whatever was asked for, text keeps the contrast of WCAG 2.2.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

Rgb = tuple[int, int, int]

# WCAG 2.2: 4.5 for text (1.4.3), 3 for the parts of a control (1.4.11).
_TEXT: Final = 4.5
_PART: Final = 3.0
_BLACK: Final = (0, 0, 0)
_WHITE: Final = (255, 255, 255)
_COLOURS: Final = ("accent", "background", "text")

# What page.css has: the colours a theme leaves alone.
_PLAIN: Final = {
    "light": {"background": "#ffffff", "text": "#171b26", "accent": "#2457d6"}
    | {"good": "#14713e", "bad": "#b3261e"},
    "dark": {"background": "#1b1f2a", "text": "#eef1f7", "accent": "#8fb2ff"}
    | {"good": "#6fd19b", "bad": "#ffb4ab"},
}


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
        return _rule(own, "dark" if contrast(_rgb(background), _WHITE) > _TEXT else "light")
    light, dark = _rule(own, "light"), _rule(own, "dark")
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rule(own: Mapping[str, str], scheme: str) -> str:
    colours = ";".join(f"--{name}:{_hex(rgb)}" for name, rgb in palette(own, scheme).items())
    return f":root{{{colours};color-scheme:{scheme}}}"


def palette(own: Mapping[str, str], scheme: str) -> dict[str, Rgb]:
    """Return every colour of the page. own: "#rrggbb" of any of accent, background, text."""
    plain = _PLAIN[scheme]
    wanted = {name: _rgb(colour) for name, colour in (plain | dict(own)).items()}
    bg = wanted["background"]
    text = _first_readable([wanted["text"], _rgb(plain["text"]), _WHITE, _BLACK], bg)
    accent = _strengthened(wanted["accent"], text, bg, _TEXT)
    return {
        "ground": _mixed(bg, text, 0.05),
        "bg": bg,
        "text": text,
        "muted": _strengthened(_mixed(bg, text, 0.6), text, bg, _TEXT),
        "line": _mixed(bg, text, 0.16),
        "edge": _strengthened(_mixed(bg, text, 0.4), text, bg, _PART),
        "cell": _tinted(bg, text, 0.03, text),
        "hover": _tinted(bg, accent, 0.12, text),
        "accent": accent,
        "ink": _first_readable([_WHITE, _BLACK], accent),
        "good": _strengthened(wanted["good"], text, bg, _TEXT),
        "bad": _strengthened(wanted["bad"], text, bg, _TEXT),
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
    return next((one for one in colours if contrast(one, background) >= _TEXT), _BLACK)


def _strengthened(start: Rgb, text: Rgb, background: Rgb, ratio: float) -> Rgb:
    """Pull a colour towards the text's until it stands out enough."""
    steps = (_mixed(start, text, step / 10) for step in range(10))
    return next((one for one in steps if contrast(one, background) >= ratio), text)


def _tinted(background: Rgb, towards: Rgb, share: float, text: Rgb) -> Rgb:
    """Colour a background a little, unless its text could no longer be read on it."""
    tinted = _mixed(background, towards, share)
    return tinted if contrast(tinted, text) >= _TEXT else background


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#" + bytes(colour).hex()
