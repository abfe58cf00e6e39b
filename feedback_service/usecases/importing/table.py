"""A CSV file with a header, read row by row, whatever is wrong with some of them."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.usecases.inviting.lines import Lines, Source

_BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS: Final = "save the file as CSV UTF-8"
_DELIMITERS: Final = ",;\t"


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
        self.delimiter, self.names = _header_of(source.readline(1 << 20))
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


def _header_of(first: bytes) -> tuple[str, list[str]]:
    if first.startswith(_WIDE) or b"\0" in first:
        raise InvalidValue(f"row 1 is UTF-16: {_SAVE_AS}", "/")
    try:
        header = first.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        raise InvalidValue(f"row 1 is not UTF-8: {_SAVE_AS}", "/") from None
    if "\r" in header.rstrip("\r\n"):
        raise InvalidValue(f"the lines end as on old Macs: {_SAVE_AS}", "/")
    if not header.strip():
        raise InvalidValue("row 1 is empty: it must name the columns", "/")
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        [names] = csv.reader([header], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        raise InvalidValue("row 1 must name the columns, on one line", "/") from None
    return delimiter, [name.strip() for name in names]
