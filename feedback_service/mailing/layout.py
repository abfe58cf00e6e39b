"""How the points of a scale lie in a mail: strips of numbers side by side, or a list of names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from feedback_service.locales.wording import Point, Wording
from feedback_service.mailing.links import Links
from feedback_service.mailing.words import as_href

# With the gap 44 px, what a finger needs; six of them fit a phone of 320 px with 20 px of the
# mail's own margin and 8 px of ours on each side. Short scales have room for more.
_CELL_PX: Final = 40
_GAP_PX: Final = 4
_FEW_CELL_PX: Final = {5: 48, 4: 60, 3: 80}
_LONGEST_STRIP: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """One point as a link. label: what a screen reader says. name: its words, if it has any."""

    score: int
    href: Markup
    label: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Strip:
    """Points that stay side by side, while strips wrap. low, high: names of the ends in here."""

    cells: tuple[Cell, ...]
    cell_px: int
    low: str | None
    high: str | None

    @property
    def gap_px(self) -> int:
        return _GAP_PX

    @property
    def width_px(self) -> int:
        return len(self.cells) * (self.cell_px + _GAP_PX)


def cells_of(wording: Wording, links: Links) -> tuple[Cell, ...]:
    return tuple(_cell(point, links) for point in wording.points)


def strips_of(wording: Wording, cells: Sequence[Cell]) -> tuple[Strip, ...]:
    """Return the strips; none when the points have names, which want lines of their own."""
    if any(cell.name for cell in cells):
        return ()
    first = len(cells) if len(cells) <= _LONGEST_STRIP else (len(cells) + 1) // 2
    parts = [tuple(part) for part in (cells[:first], cells[first:]) if part]
    width = _FEW_CELL_PX.get(len(cells), _CELL_PX)
    return tuple(
        Strip(
            cells=part,
            cell_px=width,
            low=wording.low_label if part is parts[0] else None,
            high=wording.high_label if part is parts[-1] else None,
        )
        for part in parts
    )


def _cell(point: Point, links: Links) -> Cell:
    return Cell(point.score, as_href(links.of_score(point.score)), point.label, point.text)
