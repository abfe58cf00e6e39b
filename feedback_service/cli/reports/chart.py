"""Draws in plain text: bars, lines of blocks, colours only where a person looks."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import click

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_ASCII_BLOCKS: Final = "_.-~=+*#"
_IN_ASCII: Final = str.maketrans({"…": "..", "·": ".", "±": "+-"})
_NARROWEST: Final = 40
_WIDEST: Final = 110


@dataclass(frozen=True, slots=True)
class Paper:
    """Where we print. width: in characters. is_plain: ASCII only. has_colour: it is a terminal."""

    width: int
    is_plain: bool = False
    has_colour: bool = False

    def good(self, text: str) -> str:
        return self._styled(text, fg="green")

    def bad(self, text: str) -> str:
        return self._styled(text, fg="red")

    def strong(self, text: str) -> str:
        return self._styled(text, bold=True)

    def faint(self, text: str) -> str:
        return self._styled(text, dim=True)

    def written(self, line: str) -> str:
        """Return a line in characters that this paper knows."""
        if not self.is_plain:
            return line
        return line.translate(_IN_ASCII).encode("ascii", "replace").decode()

    def _styled(self, text: str, **style: object) -> str:
        return click.style(text, **style) if self.has_colour else text  # type: ignore[arg-type]  # click's own names


def paper() -> Paper:
    """Look at where standard output goes."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((80, 24)).columns
    return Paper(
        width=max(_NARROWEST, min(width, _WIDEST)),
        is_plain=not encoding.startswith("utf"),
        has_colour=is_terminal and "NO_COLOR" not in os.environ,
    )


def bar(share: float, width: int, on: Paper) -> str:
    """Return a bar of `share`, 0.0..1.0, of the width; something is never nothing."""
    full = "#" if on.is_plain else "█"
    length = round(share * width)
    if share > 0 and length == 0:
        return "." if on.is_plain else "▏"
    return full * length


def span(low: float, score: float, high: float, ends: tuple[float, float], width: int) -> str:
    """Draw an interval on a line from one end to the other: ``--(==|==)--``.

    >>> span(-20, 0, 20, (-100, 100), 21)
    '········(=|=)········'
    """
    places = [_place(value, ends, width) for value in (low, score, high)]
    line = ["·"] * width
    for place in range(places[0], places[2] + 1):
        line[place] = "="
    line[places[0]], line[places[2]] = "(", ")"
    line[places[1]] = "|"
    return "".join(line)


def sparkline(values: Sequence[float | None], on: Paper) -> str:
    """Return one block for each value, from the lowest to the highest; a gap for None."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    blocks = _ASCII_BLOCKS if on.is_plain else _BLOCKS
    low, high = min(known), max(known)
    steps = (high - low) or 1.0
    return "".join(
        " " if value is None else blocks[round((value - low) / steps * (len(blocks) - 1))]
        for value in values
    )


def cut(text: str, width: int) -> str:
    """Shorten a text to a width."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _place(value: float, ends: tuple[float, float], width: int) -> int:
    share = (value - ends[0]) / (ends[1] - ends[0])
    return min(width - 1, max(0, round(share * (width - 1))))
