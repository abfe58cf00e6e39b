"""GET /v1/responses/export: every response as a row of one file, streamed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from flask import Response

from feedback_service.usecases.exporting.export import export_responses, position_of
from feedback_service.usecases.exporting.writing import CONTENT_TYPES, as_csv, as_ndjson
from feedback_service.web.api.responses import ResponseFilter, criteria
from feedback_service.web.api.shapes import one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint(
    "export", __name__, url_prefix="/v1/responses", description="All responses in one file"
)

_WRITERS: Final = {"csv": as_csv, "ndjson": as_ndjson}


class ExportQuery(ResponseFilter):
    format = one_of(*_WRITERS, load_default="csv")
    cursor = string(
        100,
        metadata={"description": "updated_at,id of the last row you have: goes on after it"},
    )


@blueprint.route("/export", methods=["GET"])
@for_servers("responses:read")
@blueprint.arguments(ExportQuery, location="query")
@blueprint.doc(
    responses={
        "200": {
            "description": "One row per response, oldest change first (docs/export.md)",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
def export(query: dict[str, Any]) -> Response:
    """Stream every response that fits as CSV or NDJSON, oldest change first.

    Broken off, it goes on with cursor = updated_at,id of the last whole row. What changed since:
    updated_since.
    """
    form = query.pop("format")
    after = position_of(query.pop("cursor")) if "cursor" in query else None
    wanted = replace(criteria(query), after=after)
    pieces = _WRITERS[form](export_responses(service(), key().project_id, wanted))
    # The first piece is made before the headers leave: what fails at once gets its own status.
    reply = Response(_begun(pieces), content_type=CONTENT_TYPES[form])
    reply.headers["Content-Disposition"] = f'attachment; filename="responses.{form}"'
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, None)
    return iter(()) if first is None else chain([first], pieces)
