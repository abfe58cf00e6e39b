"""POST /v1/tokens/batch: a list of people in, the same list with links out."""

from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from flask import Response, request
from marshmallow import fields

from feedback_service.domain.access.tokens import CHANNELS
from feedback_service.usecases.inviting.batch import PORTION, Batch, PeopleList, plan_mailing
from feedback_service.usecases.inviting.csv_list import Columns, CsvList
from feedback_service.usecases.inviting.json_list import JsonList
from feedback_service.usecases.inviting.lines import Source
from feedback_service.usecases.inviting.merge_fields import Urls
from feedback_service.web.api.shapes import Strict, one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.idempotency import once
from feedback_service.web.problems import WireError
from feedback_service.web.urls import absolute
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint("batch", __name__, url_prefix="/v1", description="Links for mailings")

# A list of ten million people; it passes through the disk, never through the memory.
MAX_LIST_BYTES: Final = 1024 * 1024 * 1024
_IN_MEMORY_BYTES: Final = 1024 * 1024
_PIECE_BYTES: Final = 64 * 1024
_LISTS: Final[Mapping[str, Callable[[Source, Columns, Urls], PeopleList]]] = {
    "text/csv": CsvList,
    "application/x-ndjson": JsonList,
    "application/ndjson": JsonList,
}
_MARK: Final = "-"


class BatchQuery(Strict):
    survey = string(64, required=True)
    campaign = string(100)
    channel = one_of(*CHANNELS)
    touchpoint = string(64)
    expires_in = fields.Integer()
    id_column = string(200)
    locale_column = string(200)
    traits = string(1000)
    unanswered_only = fields.Boolean()


@blueprint.route("/tokens/batch", methods=["POST"])
@for_servers("tokens:write", replays=False)
@blueprint.arguments(BatchQuery, location="query")
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    },
    responses={
        "200": {
            "description": "The list with token, token_id, url, unsubscribe_url, list_unsubscribe, "
            "list_unsubscribe_post and skipped in every row; Batch-Rows, Batch-Issued, "
            "Batch-Skipped and Batch-Bad say how many; Batch-Sent how many of the issued links "
            "count as sent: none of a list that the campaign had before",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
def issue_batch(query: dict[str, Any]) -> Response:
    """Issue a link for each row of a list, CSV or NDJSON; the reply has the same format.

    Nothing is left out: who must not be asked, and rows that cannot be used, come back with the
    reason in `skipped`. In one campaign a person's link is the same however often it is made. The
    reply begins when the whole list was read, so a sender need not read while it sends.
    """
    batch = Batch(service(), plan_mailing(service(), key().project_id, query, test=key().test))
    # The reply goes on from this file after the view is left, and closes it.
    made: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115
    try:
        with once(service(), key(), needs_campaign=query.get("campaign") is None) as is_first:
            content_type = _fill(made, batch, query)
            sent = batch.count(now()) if is_first else 0
    except BaseException:
        made.close()
        raise
    made.seek(0)
    reply = Response(_pieces(made), content_type=content_type)
    reply.call_on_close(made.close)
    reply.headers["Cache-Control"] = "no-store"
    tally = batch.tally
    for name in ("rows", "issued", "skipped", "bad"):
        reply.headers[f"Batch-{name.title()}"] = str(getattr(tally, name))
    reply.headers["Batch-Sent"] = str(sent)
    return reply


def _fill(made: IO[bytes], batch: Batch, query: dict[str, Any]) -> str:
    """Read the list and write it with its links; returns the content type."""
    kind = _LISTS.get(request.mimetype)
    if kind is None:
        raise WireError(
            "unsupported-media-type",
            "send the list with Content-Type: text/csv or application/x-ndjson",
        )
    request.max_content_length = MAX_LIST_BYTES
    traits = tuple(name.strip() for name in query.get("traits", "").split(",") if name.strip())
    columns = Columns(query.get("id_column"), query.get("locale_column"), traits)
    listed = kind(BufferedReader(request.stream, _PIECE_BYTES), columns, _urls())  # type: ignore[type-var]  # werkzeug says IO, it is a RawIOBase
    made.write(listed.head())
    while rows := listed.read(PORTION):
        links = batch.links([row.person for row in rows], now())
        made.write(listed.written(rows, links, only_links=batch.mailing.reminder))
    return listed.content_type


def _urls() -> Urls:
    # Made once: building a URL costs more than signing a link.
    survey = absolute("page.survey", token=_MARK)
    unsubscribe = absolute("page.ask_to_unsubscribe", token=_MARK)
    return Urls(survey.removesuffix(_MARK), unsubscribe.removesuffix(_MARK))


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE_BYTES):
            yield piece
