"""Row 1 of a CSV file: what its columns are called, and what lies between them."""

import csv
from typing import Final

from feedback_service.domain.errors import InvalidValue

BOM: Final = b"\xef\xbb\xbf"
DELIMITERS: Final = ",;\t"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


def read_header(first: bytes, what: str, below: str = "") -> tuple[str, list[str]]:
    """Return the delimiter, whichever row 1 has most of, and the names in row 1.

    first: row 1 with its line end. what: the file is called to people. below: what more to say of
    an empty row 1. Raises InvalidValue.
    """
    save_as = f"save the {what} as CSV UTF-8"
    if first.startswith(_WIDE) or b"\0" in first:
        raise InvalidValue(f"row 1 is UTF-16: {save_as}", "/")
    try:
        header = first.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        raise InvalidValue(f"row 1 is not UTF-8: {save_as}", "/") from None
    if "\r" in header.rstrip("\r\n"):
        raise InvalidValue(f"the lines end as on old Macs: {save_as}", "/")
    if not header.strip():
        raise InvalidValue(f"row 1 is empty: it must name the columns{below}", "/")
    delimiter = max(DELIMITERS, key=header.count)
    try:
        [names] = csv.reader([header], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        raise InvalidValue("row 1 must name the columns, on one line", "/") from None
    return delimiter, names
