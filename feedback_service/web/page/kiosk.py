"""Kiosk mode: a screen many people pass by; it goes back to the start after each of them."""

from typing import Final

from flask import g, request, url_for

from feedback_service.domain.access.keys import looks_like_key
from feedback_service.domain.access.tokens import Token

# Seconds after the thanks, and seconds nobody touches a page that somebody began.
THANKS_S: Final = 8
IDLE_S: Final = 45


def site_key() -> str | None:
    """Return the site key whose open link the kiosk goes back to, None outside a kiosk."""
    text = request.args.get("kiosk", "")
    return text if looks_like_key(text) else None


def is_asked() -> bool:
    """Tell whether an open link is to be a kiosk's."""
    return request.args.get("kiosk") == "1"


def lead_home(to: str) -> None:
    """Let the pages of the running request go back to an address."""
    g.page_home = to


def lead_home_of(token: Token) -> None:
    """Let a token's page in a kiosk go back to the open link its token came from."""
    key = site_key()
    if key is not None:
        lead_home(open_link(key, token.survey, token.touchpoint, token.campaign))


def home() -> str | None:
    """Return where the pages of the running request go back to, None outside a kiosk."""
    to: str | None = g.get("page_home")
    return to


def open_link(key: str, survey: str, touchpoint: str | None, campaign: str | None) -> str:
    return url_for(
        "page.open_link",
        site_key=key,
        survey=survey,
        kiosk=1,
        tp=touchpoint,
        cmp=campaign,
        locale=request.args.get("locale"),
    )
