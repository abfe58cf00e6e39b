"""The columns of an export: their names and order are public, a new one goes to the end."""

import json
from typing import Any, Final, Literal, NamedTuple

from feedback_service.domain.surveys import Survey
from feedback_service.storage.exporting import windows

# How a value comes: text; number, truth and document as JSON writes them; instant as ISO 8601.
Kind = Literal["text", "number", "truth", "document", "instant"]


class Column(NamedTuple):
    name: str
    kind: Kind


def _kind(name: str) -> Kind:
    if name in windows.DOCUMENTS:
        return "document"
    if name in windows.TRUTHS:
        return "truth"
    return "instant" if name in windows.INSTANTS else "text"


# What makes scores comparable, the same for all answers of a survey version.
_DEFINITION: Final = (
    Column("survey", "text"),
    Column("survey_version", "number"),
    Column("metric", "text"),
    Column("scale", "text"),
    Column("scale_low", "number"),
    Column("scale_high", "number"),
    Column("direction", "text"),
    Column("bands", "document"),
    Column("audience", "text"),
)
_READ: Final = tuple(
    Column("suspicion" if name == "unconfirmed" else name, _kind(name)) for name in windows.READ[2:]
)
COLUMNS: Final = (*_DEFINITION, Column("score", "number"), *_READ, Column("unconfirmed", "truth"))
NAMES: Final = tuple(column.name for column in COLUMNS)
ID_AT: Final = NAMES.index("id")
UPDATED_AT: Final = NAMES.index("updated_at")
SUSPICION_AT: Final = NAMES.index("suspicion")


def definition_of(survey: Survey) -> tuple[Any, ...]:
    """Return the values of the columns that a survey version gives all its answers."""
    carried = survey.definition.carried()
    return (
        survey.key,
        survey.version,
        carried["metric"],
        carried["scale"],
        carried["low"],
        carried["high"],
        carried["direction"],
        json.dumps(carried["bands"]),
        survey.definition.audience,
    )
