"""Pages that say one thing: errors for people instead of JSON, and the unsubscribe pages."""

from typing import Final

import structlog
from flask import Blueprint, render_template, request

from feedback_service.domain.errors import SurveyClosed, TokenExpired, TokenInvalid, TokenRevoked
from feedback_service.locales.languages import best_locale, language
from feedback_service.locales.wording import filled
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.web.errors import RETRY_AFTER_S
from feedback_service.web.limits import TooManyRequests

log = structlog.get_logger()

# Notice -> (title, text, label of its link or button) in a language file's page sentences.
_TEXTS: Final = {
    "answered": ("answered_title", "answered_text", None),
    "closed": ("closed_title", "closed_text", None),
    "expired": ("expired_title", "expired_text", None),
    "refused": ("refused_title", "refused_text", "open_survey"),
    "undone": ("undone_title", "undone_text", "open_survey"),
    "unavailable": ("unavailable_title", "unavailable_text", None),
    "unknown": ("unknown_title", "unknown_text", None),
    "unsubscribe": ("unsubscribe_title", "unsubscribe_text", "unsubscribe"),
    "unsubscribed": ("unsubscribed_title", "unsubscribed_text", None),
}


def page(
    notice: str,
    wanted_locale: str | None = None,
    *,
    project: str | None = None,
    url: str | None = None,
    nonce: str | None = None,
) -> str:
    """Return a notice's page.

    url: where its link leads. nonce: makes it a form with one button instead.
    """
    spoken = language(wanted_locale or locale())
    title, text, label = _TEXTS[notice]
    return render_template(
        "page/notice.html",
        wording=spoken,
        project=project,
        title=spoken.page[title],
        text=filled(spoken.page[text], {"project": project or ""}),
        label=spoken.page[label] if label else None,
        is_done=notice in {"answered", "unsubscribed"},
        url=url,
        nonce=nonce,
    )


def locale(of_token: str | None = None) -> str:
    """Return the language of a page that belongs to no survey."""
    return best_locale((request.args.get("locale"), of_token, *browser_wishes()))


def browser_wishes() -> list[str]:
    return request.headers.getlist("Accept-Language")


def install(blueprint: Blueprint) -> None:
    """Let the errors of the blueprint's views end in a notice."""
    blueprint.register_error_handler(TokenInvalid, _unknown)
    blueprint.register_error_handler(TokenExpired, _expired)
    blueprint.register_error_handler(TokenRevoked, _expired)
    blueprint.register_error_handler(SurveyClosed, _closed)
    blueprint.register_error_handler(StorageUnavailable, _unavailable)
    blueprint.register_error_handler(TooManyRequests, _too_many)
    blueprint.register_error_handler(413, _too_large)


def _unknown(_error: TokenInvalid) -> tuple[str, int]:
    return page("unknown"), 404


def _expired(_error: TokenExpired | TokenRevoked) -> tuple[str, int]:
    return page("expired"), 410


def _closed(_error: SurveyClosed) -> tuple[str, int]:
    return page("closed"), 410


def _unavailable(error: StorageUnavailable) -> tuple[str, int, dict[str, str]]:
    log.error("storage unavailable", error=str(error))
    return page("unavailable"), 503, {"Retry-After": str(RETRY_AFTER_S)}


def _too_many(error: TooManyRequests) -> tuple[str, int, dict[str, str]]:
    return page("unavailable"), 429, {"Retry-After": str(error.retry_after_s)}


def _too_large(_error: Exception) -> tuple[str, int]:
    return page("refused", url=request.path), 413
