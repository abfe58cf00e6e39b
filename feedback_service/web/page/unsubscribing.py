"""A person stops the surveys: by the page's button, or by their mail program (RFC 8058)."""

from flask import Blueprint, request

from feedback_service.usecases.unsubscribe import Subscription, subscription_of, unsubscribe
from feedback_service.web.audiences import for_token_holders, service
from feedback_service.web.clock import now
from feedback_service.web.page import notices
from feedback_service.web.page.form import MAX_FORM_BYTES
from feedback_service.web.page.nonce import page_made_at, page_nonce


def install(blueprint: Blueprint) -> None:
    blueprint.get("/u/<token>")(ask_to_unsubscribe)
    blueprint.post("/u/<token>")(stop_asking)


@for_token_holders
def ask_to_unsubscribe(token: str) -> str:
    """Ask; only a person's click on the button unsubscribes."""
    return _question(token, subscription_of(service(), token, now()))


@for_token_holders
def stop_asking(token: str) -> str | tuple[str, int]:
    """Unsubscribe: from our page, or by a mail program's one-click POST (RFC 8058)."""
    request.max_content_length = MAX_FORM_BYTES
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    nonce = request.form.get("nonce", "")
    if not one_click and page_made_at(service().signer, token, nonce) is None:
        return _question(token, subscription_of(service(), token, now())), 403
    ended = unsubscribe(service(), token, now())
    return notices.page("unsubscribed", notices.locale(ended.locale), project=ended.project.name)


def _question(token: str, subscription: Subscription) -> str:
    return notices.page(
        "unsubscribe",
        notices.locale(subscription.locale),
        project=subscription.project.name,
        nonce=page_nonce(service().signer, token, now()),
    )
