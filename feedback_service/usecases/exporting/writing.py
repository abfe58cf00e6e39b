"""Writes portions of an export as CSV or NDJSON, ready to be sent or put into a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, Final

from feedback_service.usecases.exporting.columns import COLUMNS, NAMES
from feedback_service.usecases.exporting.export import Portion

CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8; header=present",
    "ndjson": "application/x-ndjson",
}

# A spreadsheet takes what begins so for a formula, and runs it; some take the wide ones, too.
# Source: OWASP, "CSV Injection".
_FORMULA: Final = frozenset(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
# What begins with an apostrophe may need another one, so that all can be taken off again.
_LOOKED_AT: Final = _FORMULA | {"'"}
# Our own words, which begin with a letter or digit.
_OURS: Final = {
    *("id", "survey", "metric", "scale", "direction", "audience"),
    *("band", "channel", "journey_stage", "suspicion"),
}
_FREE_AT: Final = tuple(
    at for at, column in enumerate(COLUMNS) if column.kind == "text" and column.name not in _OURS
)
_FREE: Final = itemgetter(*_FREE_AT)
_QUOTED: Final = tuple(column.kind in {"text", "instant"} for column in COLUMNS)
_KEYS: Final = tuple(f'{"," if at else "{"}"{name}":' for at, name in enumerate(NAMES))


def as_csv(portions: Iterable[Portion]) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8) in pieces; a text that is a formula gets an apostrophe.

    Nothing is yielded before the first portion is there: what fails at once leaves no half a file.
    """
    heading = _written([NAMES])
    for portion in portions:
        piece = heading + (_written(harmless(portion.rows)) if portion.rows else b"")
        heading = b""
        if piece:
            yield piece
    if heading:
        yield heading


def as_ndjson(portions: Iterable[Portion]) -> Iterator[bytes]:
    """Yield one JSON object a line."""
    for portion in portions:
        lines = []
        for row in portion.rows:
            parts = [
                key + ("null" if value is None else quoted(value) if is_text else str(value))
                for key, value, is_text in zip(_KEYS, row, _QUOTED, strict=True)
            ]
            lines.append("".join(parts) + "}\n")
        if lines:
            yield "".join(lines).encode()


def harmless(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Yield the rows with an apostrophe before every text that a spreadsheet would run."""
    for row in rows:
        if _LOOKED_AT.isdisjoint([text[0] for text in _FREE(row) if text]):
            yield row
            continue
        cells = list(row)
        for at in _FREE_AT:
            if cells[at] and cells[at].lstrip("'")[:1] in _FORMULA:
                cells[at] = "'" + cells[at]
        yield cells


def as_it_was(text: str) -> str:
    """Take the apostrophe off a text that `harmless` gave one.

    >>> as_it_was("'=1+1"), as_it_was("''=1+1"), as_it_was("'tis")
    ('=1+1', "'=1+1", "'tis")
    """
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in _FORMULA else text


def quoted(text: str) -> str:
    """Return a text as JSON, with every letter as it is."""
    encoded: str = encode_basestring(text)
    return encoded


def _written(rows: Iterable[Sequence[Any]]) -> bytes:
    piece = io.StringIO(newline="")
    csv.writer(piece).writerows(rows)
    return piece.getvalue().encode()
