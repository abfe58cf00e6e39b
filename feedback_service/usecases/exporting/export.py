"""Export responses: one row each, a portion at a time, in constant memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.storage.exporting.windows import how_many, window
from feedback_service.storage.listing.criteria import Criteria, Position
from feedback_service.storage.words.search import is_frequent
from feedback_service.usecases.exporting.columns import SUSPICION_AT, definition_of
from feedback_service.usecases.service import Service

_LONGEST_ID: Final = 32
_NO_CURSOR: Final = (
    "a cursor is the updated_at and the id of the last row you have, with a comma between"
)


@dataclass(frozen=True, slots=True)
class Portion:
    """rows: values in the order of columns.COLUMNS. looked_at: responses that were passed."""

    rows: Sequence[Sequence[Any]]
    looked_at: int


def export_responses(service: Service, project_id: int, wanted: Criteria) -> Iterator[Portion]:
    """Yield the responses that fit, oldest change first.

    A response that changes meanwhile may come again, with its new values and at its new place.
    Nothing is held open between portions. Raises StorageUnavailable, also half-way.
    """
    snapshot = service.catalog.current()
    definitions: dict[int, tuple[Any, ...]] = {}
    after = wanted.after
    with service.database.read() as connection:
        frequent = is_frequent(connection, wanted.words or "")
    while True:
        with service.database.read() as connection:
            found = window(connection, project_id, wanted, after, one_by_one=frequent)
        rows = []
        for version_id, *values in found.rows:
            definition = definitions.get(version_id)
            if definition is None:
                survey = snapshot.survey_version(version_id)
                assert survey is not None, "a survey version with responses is never deleted"
                definition = definitions[version_id] = definition_of(survey)
            doubted = values[SUSPICION_AT - len(definition)] is not None
            rows.append((*definition, *values, "true" if doubted else "false"))
        yield Portion(rows, found.looked_at)
        if found.end is None:
            return
        after = found.end


def responses_to_look_at(service: Service, project_id: int, wanted: Criteria) -> int:
    """Return how many responses `export_responses` will pass, for a progress bar."""
    with service.database.read() as connection:
        return how_many(connection, project_id, wanted.updated_since)


def position_of(cursor: str) -> Position:
    """Return the place after which an export goes on. Raises InvalidValue."""
    at, _, last_id = cursor.partition(",")
    try:
        given = datetime.fromisoformat(at)
        updated_at = given.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValue(_NO_CURSOR, "/cursor") from None
    if given.tzinfo is None or not 0 < len(last_id) <= _LONGEST_ID:
        raise InvalidValue(_NO_CURSOR, "/cursor")
    return updated_at, last_id
