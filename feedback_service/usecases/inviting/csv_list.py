"""A list of people as CSV: any columns, one of them names the person; all of them pass through."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from feedback_service.domain.errors import InvalidValue
from feedback_service.usecases.inviting.batch import Link, Recipient
from feedback_service.usecases.inviting.csv_header import BOM, read_header
from feedback_service.usecases.inviting.lines import Lines, Source
from feedback_service.usecases.inviting.merge_fields import Urls, added, ready

# Looked for in this order; spaces, _ and - count for nothing.
ID_NAMES: Final = (
    "respondent",
    "respondentid",
    "respondentref",
    "ref",
    "customerid",
    "customerno",
    "customernumber",
    "customer",
    "userid",
    "user",
    "contactid",
    "memberid",
    "accountid",
    "externalid",
    "personid",
    "id",
    "email",
    "emailaddress",
    "mail",
)
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns mean something. id: None to look for one by its name.

    id_option: what the caller names the id column with.
    """

    id: str | None = None
    locale: str | None = None
    traits: tuple[str, ...] = ()
    id_option: str = "id_column"


class Row(NamedTuple):
    """number: as a spreadsheet counts, the header being 1.

    raw: its text, where the link can simply follow it; else None.
    """

    number: int
    person: Recipient
    cells: list[str]
    raw: str | None = None


class CsvList:
    """Reads rows in portions and writes them back with what was made for them.

    Raises InvalidValue when the list has no header with an id column.
    """

    content_type = "text/csv; charset=utf-8"

    def __init__(self, source: Source, columns: Columns, urls: Urls) -> None:
        first = source.readline(1 << 20)
        self._bom = first.startswith(BOM)
        self._end = "\r\n" if first.endswith(b"\r\n") else "\n"
        self._delimiter, self.header = read_header(
            first, "list", ", the rows below it are the people"
        )
        self._id = self._index(columns)
        self.id_column = self.header[self._id]
        self._locale = (
            None if columns.locale is None else self._place(columns.locale, "locale_column")
        )
        self._traits = [(name, self._place(name, "traits")) for name in columns.traits]
        self._lines = Lines(source, len(first))
        self._urls = urls
        self._number = 1
        self._reader = self._new_reader()
        # A list that was issued before has our columns already: they are filled anew.
        ours = [name for name in added(None, urls) if name not in self.header]
        self._out_header = [*self.header, *ours]
        self._appends = len(ours) == len(added(None, urls))
        self._width = len(self.header)
        self._ours = [self._out_header.index(name) for name in added(None, urls)]

    @property
    def offset(self) -> int:
        """How many bytes have been read as whole rows."""
        return self._lines.offset

    def skip(self, offset: int, rows: int) -> None:
        """Go on where an earlier reading stopped; the source stands there already."""
        self._lines.offset = offset
        self._number = rows

    @property
    def position(self) -> int:
        """The number of the row read last."""
        return self._number

    def read(self, most: int) -> list[Row]:
        """Return the next rows, fewer at the end; empty lines are no rows."""
        found: list[Row] = []
        while len(found) < most:
            self._lines.begin_row()
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except csv.Error as error:
                found.append(self._unreadable(str(error)))
                continue
            self._number += 1
            if cells:
                found.append(self._row(cells))
        return found

    def head(self) -> bytes:
        """Return the header of what is written."""
        return (BOM if self._bom else b"") + self._written([self._out_header]).encode()

    def written(self, rows: Sequence[Row], links: Sequence[Link], *, only_links: bool) -> bytes:
        """Return rows with their links; only_links: leave skipped ones out."""
        written: list[str] = []
        delimiter, end, urls = self._delimiter, self._end, self._urls
        for row, link in zip(rows, links, strict=True):
            if row.raw is not None and not link.skipped:
                # As it came, byte by byte, and the link behind it.
                written.append(f"{row.raw}{delimiter}{ready(link, urls, delimiter)}{end}")
            elif not only_links or not link.skipped or link.is_bad:
                written.append(self._rewritten(row, link))
        return "".join(written).encode(errors="surrogateescape")

    def _rewritten(self, row: Row, link: Link) -> str:
        width = len(self.header)
        cells, surplus = row.cells[:width], row.cells[width:]
        cells += [""] * (len(self._out_header) - len(cells))
        for at, value in zip(self._ours, added(link, self._urls).values(), strict=True):
            cells[at] = value
        return self._written([cells + surplus])

    def _row(self, cells: list[str]) -> Row:
        fault = None
        raw = self._lines.row_text() if self._appends else None
        if len(cells) != self._width:
            raw = None
            if any(cells[len(self.header) :]):
                fault = f"{len(cells)} cells under {len(self.header)} column names"
            cells = cells[: len(self.header)] if fault is None else cells
            cells += [""] * (len(self.header) - len(cells))
        if self._lines.broken:
            fault = "not UTF-8"
        ref = cells[self._id].strip()
        locale = None
        if self._locale is not None and cells[self._locale]:
            locale = cells[self._locale].strip().replace("_", "-")
            if not _LOCALE.fullmatch(locale):
                fault = fault or f"{locale[:35]!r} is no language such as en or pt-BR"
        if not ref:
            fault = fault or f"column {self.id_column!r} is empty"
        traits: tuple[tuple[str, str], ...] = ()
        if self._traits:
            traits = tuple([(name, cells[at]) for name, at in self._traits if cells[at]])
        return Row(self._number, Recipient(ref, locale, traits, fault), cells, raw)

    def _unreadable(self, error: str) -> Row:
        """Keep a row that is no CSV as it was, in its first cell, and read on after it."""
        self._number += 1
        line = self._lines.give_up_row()
        self._reader = self._new_reader()
        fault = f"its quotes cannot be read ({error})"
        return Row(self._number, Recipient("", fault=fault), [line])

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)

    def _written(self, lines: Sequence[Sequence[str]]) -> str:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter, lineterminator=self._end).writerows(lines)
        return text.getvalue()

    def _index(self, columns: Columns) -> int:
        if columns.id is not None:
            return self._place(columns.id, "id_column")
        plain = [re.sub(r"[\s_-]", "", name).lower() for name in self.header]
        for name in ID_NAMES:
            if name in plain:
                return plain.index(name)
        raise InvalidValue(
            f"no column looks like the people's ids: say which with {columns.id_option}, one of "
            + ", ".join(self.header),
            "/id_column",
        )

    def _place(self, name: str, field: str) -> int:
        if name not in self.header:
            raise InvalidValue(
                f"the list has no column {name!r}; it has {', '.join(self.header)}", f"/{field}"
            )
        return self.header.index(name)
