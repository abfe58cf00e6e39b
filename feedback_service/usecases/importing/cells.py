"""The cells of one row, by what they tell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from feedback_service.usecases.exporting.writing import as_it_was
from feedback_service.usecases.importing.table import text_at

_YES: Final = {"1", "true", "t", "yes", "y", "x"}
_NO: Final = {"", "0", "false", "f", "no", "n"}


@dataclass(frozen=True, slots=True)
class Columns:
    """places: field -> place of its column; names: field -> its name in the file.

    ours: whether this service wrote the file: with apostrophes before formulas, and JSON in cells.
    """

    places: Mapping[str, int]
    names: Mapping[str, str]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    columns: Columns
    row: Sequence[str]

    def text(self, field: str) -> str | None:
        place = self.columns.places.get(field)
        found = None if place is None else text_at(self.row, place)
        return as_it_was(found) if found is not None and self.columns.ours else found

    def short(self, field: str, longest: int) -> str | None:
        """Return the text. Raises ValueError for a longer one."""
        text = self.text(field)
        if text is not None and len(text) > longest:
            raise ValueError(f"{field} has more than {longest} characters")
        return text

    def truth(self, field: str) -> bool:
        """Return whether the cell says yes. Raises ValueError for what is neither yes nor no."""
        text = (self.text(field) or "").lower()
        if text not in _YES | _NO:
            name = self.columns.names[field]
            raise ValueError(f"{text!r} in column {name!r} is neither yes nor no")
        return text in _YES

    def document(self, field: str, of: type) -> Any:
        """Return the JSON of a cell, or an empty one. Raises ValueError for anything else."""
        text = self.text(field)
        try:
            found = of() if text is None else json.loads(text)
        except (ValueError, RecursionError):
            found = None
        within = found.values() if isinstance(found, dict) else found or ()
        if not isinstance(found, of) or not all(isinstance(one, str) for one in within):
            raise ValueError(f"column {self.columns.names[field]!r} is not what an export writes")
        return found
