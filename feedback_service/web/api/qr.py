"""/v1/surveys/{key}/qr: a code to print, which leads to the survey's open link."""

from typing import Any, Final

from flask import Response
from marshmallow import fields

from feedback_service.usecases.setup.configure_survey import find_survey
from feedback_service.usecases.visiting.find_site_key import find_site_key
from feedback_service.web.api.shapes import LOCALE, Strict, one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.qr import FORMATS, MIMETYPES, open_link_path, qr_code
from feedback_service.web.urls import base
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint("qr", __name__, url_prefix="/v1/surveys", description="QR codes")

_PICTURE: Final = {
    "description": "The picture; its Link header names the address in it",
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in MIMETYPES.values()
    },
}


class QrQuery(Strict):
    format = one_of(*FORMATS, load_default="svg")
    touchpoint = string(64, metadata={"description": "where it hangs: stored with each answer"})
    campaign = string(100)
    locale = fields.String(validate=LOCALE)
    kiosk = fields.Boolean(
        load_default=False, metadata={"description": "for a screen on a stand, not for phones"}
    )


@blueprint.route("/<survey_key>/qr", methods=["GET"])
@for_servers("surveys:read")
@blueprint.arguments(QrQuery, location="query")
@blueprint.doc(responses={"200": _PICTURE})
def qr(query: dict[str, Any], survey_key: str) -> Response:
    """Draw the QR code of a survey's open link, which anybody may answer.

    A test key draws the link of the newest test site key, whose answers never count.
    """
    form = query.pop("format")
    survey = find_survey(service(), key().project_id, survey_key)
    site_key = find_site_key(service(), key().project_id, test=key().test)
    url = base() + open_link_path(site_key, survey.key, **query)
    reply = Response(qr_code(url, form), mimetype=MIMETYPES[form])
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Content-Disposition"] = f'attachment; filename="{survey.key}.{form}"'
    reply.headers["Link"] = f'<{url}>; rel="describes"'
    return reply
