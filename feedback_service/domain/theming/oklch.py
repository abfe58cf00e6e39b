"""Lighter and darker shades that stay the same colour to the eye.

Oklab and its polar form OKLCH: B. Ottosson, "A perceptual color space for image processing", 2020.
"""

import math
from typing import Final

from feedback_service.domain.colours import Rgb, contrast

# Finer than one step of an eight-bit channel over most of the range.
_STEPS: Final = 400
# How far out of 0..1 a channel may be through rounding alone.
_SLACK: Final = 1e-4


def nearest_readable(colour: Rgb, background: Rgb, ratio: float) -> Rgb:
    """Return the shade nearest in lightness that has the contrast; the colour itself when it has.

    ratio: 1..4.5; on every background black or white reaches that much.
    """
    lightness, chroma, hue = _oklch(colour)
    if contrast(colour, background) >= ratio:
        return colour
    for step in range(1, _STEPS + 1):
        for moved in (lightness - step / _STEPS, lightness + step / _STEPS):
            shade = _in_gamut(min(max(moved, 0.0), 1.0), chroma, hue)
            if contrast(shade, background) >= ratio:
                return shade
    raise AssertionError(f"neither black nor white reaches {ratio} on {background}")


def _in_gamut(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return a colour a screen can show: as colourful as asked for, or as the lightness allows."""
    low, high = 0.0, chroma
    channels = _linear(lightness, chroma, hue)
    if not _shown(channels):
        for _ in range(12):
            middle = (low + high) / 2
            if _shown(_linear(lightness, middle, hue)):
                low = middle
            else:
                high = middle
        channels = _linear(lightness, low, hue)
    red, green, blue = (_encoded(channel) for channel in channels)
    return red, green, blue


def _shown(channels: tuple[float, float, float]) -> bool:
    return all(-_SLACK <= channel <= 1 + _SLACK for channel in channels)


def _oklch(colour: Rgb) -> tuple[float, float, float]:
    """Return lightness 0..1, chroma and hue in radians."""
    red, green, blue = (_decoded(part) for part in colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Return linear red, green and blue, outside 0..1 where no screen can show them."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _decoded(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _encoded(channel: float) -> int:
    share = min(max(channel, 0.0), 1.0)
    coded = 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
    return round(255 * coded)
