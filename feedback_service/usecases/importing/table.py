"""A CSV file with a header, read row by row, whatever is wrong with some of them."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.usecases.inviting.csv_header import read_header
from feedback_service.usecases.inviting.lines import Lines, Source

_SAVE_AS: Final = "save the file as CSV UTF-8"


@dataclass(frozen=True, slots=True)
class TableRow:
    """number: as a spreadsheet counts, the header being 1. fault: why it cannot be read."""

    number: int
    cells: Sequence[str]
    fault: str | None = None


class Table:
    """Raises InvalidValue when row 1 does not name the columns.

    delimiter: comma, semicolon or tab, whichever row 1 has most of.
    """

    def __init__(self, source: Source) -> None:
        self.delimiter, names = read_header(source.readline(1 << 20), "file")
        self.names = [name.strip() for name in names]
        self._lines = Lines(source)
        self._reader = self._new_reader()

    def rows(self) -> Iterator[TableRow]:
        """Yield every row, once; empty lines are no rows."""
        number = 1
        while True:
            self._lines.begin_row()
            number += 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                # A quote that is never closed would swallow all that follows.
                self._lines.give_up_row()
                self._reader = self._new_reader()
                yield TableRow(number, (), f"its quotes cannot be read ({error})")
                continue
            if self._lines.broken:
                yield TableRow(number, cells, f"it is not UTF-8: {_SAVE_AS}")
            elif any(cells[len(self.names) :]):
                fault = f"{len(cells)} cells under {len(self.names)} column names"
                yield TableRow(number, cells, fault)
            elif any(cell.strip() for cell in cells):
                yield TableRow(number, cells)

    def place(self, name: str, field: str) -> int:
        """Return where a column is. Raises InvalidValue unless just one has that name."""
        if self.names.count(name) > 1:
            raise InvalidValue(f"two columns are named {name!r}: give one another name", field)
        if name not in self.names:
            has = ", ".join(self.names)
            raise InvalidValue(f"the file has no column {name!r}; it has {has}", field)
        return self.names.index(name)

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self.delimiter, strict=True)


def text_at(cells: Sequence[str], place: int) -> str | None:
    """Return a cell without the spaces around it, or the NULs no database takes."""
    if place >= len(cells):
        return None
    return cells[place].replace("\0", "").strip() or None
