"""Reads outcomes out of a CSV file, row by row, each checked by itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from feedback_service.domain.errors import FeedbackError, InvalidValue
from feedback_service.domain.measures.outcomes import KINDS, Outcome, OutcomeKind, check_outcome
from feedback_service.usecases.importing.instants import instant_of
from feedback_service.usecases.importing.table import Table, text_at
from feedback_service.usecases.inviting.lines import Source

FIELDS: Final = ("respondent", "kind", "at", "value")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DECIMAL_COMMA: Final = re.compile(r"([+-]?[0-9]+),([0-9]{1,2})")
# 1.234 where a decimal is a comma: a thousand and more, or one and a bit?
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}")


@dataclass(frozen=True, slots=True)
class OutcomeReading:
    """named: field -> column, said by hand. kind: of all rows, for a file without that column.

    date_format: as for strptime; None takes ISO 8601 and seconds since 1970.
    """

    named: Mapping[str, str] = field(default_factory=dict)
    kind: OutcomeKind | None = None
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """number: as a spreadsheet counts, the header being 1. fault: why it cannot be used."""

    number: int
    told: Outcome | None
    fault: str | None = None


class OutcomeFile:
    """Raises InvalidValue when row 1 does not name the columns that are needed."""

    def __init__(
        self, source: Source, reading: OutcomeReading, zone: ZoneInfo, now: datetime
    ) -> None:
        self._table = Table(source)
        self._reading, self._zone, self._now = reading, zone, now
        self._places = self._found()

    def rows(self) -> Iterator[OutcomeRow]:
        """Yield every row; empty lines are no rows."""
        for row in self._table.rows():
            if row.fault is not None:
                yield OutcomeRow(row.number, None, row.fault)
                continue
            try:
                yield OutcomeRow(row.number, self._told(row.cells))
            except (FeedbackError, ValueError) as error:
                yield OutcomeRow(row.number, None, str(error))

    def _found(self) -> dict[str, int]:
        plain = [name.lower() for name in self._table.names]
        found: dict[str, int] = {}
        for name in self._reading.named:
            if name not in FIELDS:
                raise InvalidValue(f"no field {name!r}: use {', '.join(FIELDS)}", "/map")
        for name in FIELDS:
            if name == "kind" and self._reading.kind is not None:
                continue
            if name in self._reading.named:
                found[name] = self._table.place(self._reading.named[name], f"/map/{name}")
            elif plain.count(name) == 1:
                found[name] = plain.index(name)
            elif name in plain:
                raise InvalidValue(f"two columns are named {name!r}: give one another name", "/")
        needed = ("respondent", "at") if self._reading.kind else ("respondent", "kind", "at")
        missing = [name for name in needed if name not in found]
        if missing:
            raise InvalidValue(
                f"row 1 names no column {', '.join(missing)}: say which with --map "
                f"{missing[0]}=COLUMN, one of {', '.join(self._table.names)}"
                + (", or --kind for all rows" if "kind" in missing else ""),
                "/map",
            )
        return found

    def _told(self, cells: Sequence[str]) -> Outcome:
        texts = {name: text_at(cells, place) for name, place in self._places.items()}
        empty = [name for name, text in texts.items() if text is None and name != "value"]
        if empty:
            raise ValueError(f"{', '.join(empty)} is empty")
        kind = self._reading.kind or (texts["kind"] or "").lower()
        if kind not in KINDS:
            raise ValueError(f"no kind {kind!r}: use {', '.join(KINDS)}")
        outcome = Outcome(
            texts["respondent"] or "",
            kind,
            instant_of(texts["at"] or "", self._zone, self._reading.date_format),
            self._number(texts.get("value")),
        )
        check_outcome(outcome, self._now)
        return outcome

    def _number(self, text: str | None) -> float | None:
        """Return a value. A decimal comma is taken where commas do not part the cells.

        There a dot before three digits is refused: in some countries it parts thousands.
        """
        if text is None:
            return None
        comma = _DECIMAL_COMMA.fullmatch(text) if self._table.delimiter != "," else None
        if comma is not None:
            return float(f"{comma[1]}.{comma[2]}")
        if _NUMBER.fullmatch(text) is None:
            raise ValueError(f"value {text!r} is no number such as 12.50")
        if self._table.delimiter != "," and _THOUSANDS.fullmatch(text) is not None:
            both = f"{text.replace('.', '')} or {text}0"
            raise ValueError(f"value {text!r} may be two numbers: write {both}")
        return float(text)
