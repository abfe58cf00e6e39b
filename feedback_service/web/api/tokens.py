"""POST /v1/tokens: issue the right to answer."""

from typing import Any

from marshmallow import fields

from feedback_service.domain.access.tokens import CHANNELS
from feedback_service.usecases.invite import Invitation, invite
from feedback_service.usecases.inviting.merge_fields import ONE_CLICK, list_unsubscribe
from feedback_service.web.api.replies import instant
from feedback_service.web.api.reply_shapes import TokenReply
from feedback_service.web.api.shapes import LOCALE, Strict, Truth, one_of, string
from feedback_service.web.audiences import for_servers, key, service
from feedback_service.web.clock import now
from feedback_service.web.urls import absolute
from feedback_service.web.wire import ApiBlueprint

blueprint = ApiBlueprint("tokens", __name__, url_prefix="/v1", description="Survey tokens")


class TokenRequest(Strict):
    survey = string(64, required=True)
    respondent = string(200, allow_none=True)
    channel = one_of(*CHANNELS, allow_none=True)
    touchpoint = string(64, allow_none=True)
    campaign = string(100, allow_none=True)
    traits = fields.Dict(keys=string(64), values=string(200), allow_none=True)
    locale = fields.String(validate=LOCALE, allow_none=True)
    expires_in = fields.Integer(strict=True, allow_none=True)
    test = Truth(allow_none=True)
    override_policy = string(200, allow_none=True)


@blueprint.route("/tokens", methods=["POST"])
@for_servers("tokens:write")
@blueprint.arguments(TokenRequest)
@blueprint.response(201, TokenReply)
@blueprint.alt_response(409, description="contact-policy: this person must not be asked now")
def issue(document: dict[str, Any]) -> dict[str, Any]:
    """Issue a survey token and its link.

    The link itself is stored nowhere: it is signed. It expires (default 90 days, expires_in in
    seconds) and takes one response. The contact policy is asked first: 409 with reason and until.
    override_policy (why) passes over its waits, for a person at a touchpoint that cannot wait, and
    is recorded; nothing passes over unsubscribing. list_unsubscribe and list_unsubscribe_post are
    the values of a mail's List-Unsubscribe and List-Unsubscribe-Post headers (RFC 8058).
    """
    invitation = invite(service(), key().project_id, document, now(), test=key().test)
    return of_invitation(invitation)


def of_invitation(invitation: Invitation) -> dict[str, Any]:
    unsubscribe_url = None
    if invitation.respondent is not None:
        unsubscribe_url = absolute("page.ask_to_unsubscribe", token=invitation.token)
    return {
        "token": invitation.token,
        "token_id": invitation.token_id,
        "url": absolute("page.survey", token=invitation.token),
        "unsubscribe_url": unsubscribe_url,
        "list_unsubscribe": None if unsubscribe_url is None else list_unsubscribe(unsubscribe_url),
        "list_unsubscribe_post": None if unsubscribe_url is None else ONE_CLICK,
        "expires_at": instant(invitation.expires_at),
    }
