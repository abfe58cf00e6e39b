"""Takes the answers of a list along: the same filters, as one file for a spreadsheet."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from flask import Response

from feedback_service.domain.errors import InvalidValue
from feedback_service.usecases.exporting.export import export_responses
from feedback_service.usecases.exporting.writing import CONTENT_TYPES, as_csv
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.reading.filters import filters
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.site import blueprint


@blueprint.get("/p/<slug>/responses.csv", endpoint="take_responses")
@for_staff("analyst")
def take_responses() -> Response:
    """Stream what the list of responses shows, all its pages, as CSV; the audit log knows."""
    asked = filters()
    if asked.is_of_words:
        raise InvalidValue(
            "what the page of words counts cannot be downloaded: search for the word instead"
        )
    wanted = replace(asked.criteria, after=None)
    pieces = as_csv(export_responses(service(), project().id, wanted))
    # The first piece is made before the headers leave: what fails at once gets a page.
    begun = _begun(pieces)
    which = ", ".join(f"{name} {value}" for name, value in asked.given.items())
    write_down(service(), staff(), project().id, ("downloaded responses", which or "all"), now())
    reply = Response(begun, content_type=CONTENT_TYPES["csv"])
    reply.headers["Content-Disposition"] = 'attachment; filename="responses.csv"'
    return reply


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, None)
    return iter(()) if first is None else chain([first], pieces)
