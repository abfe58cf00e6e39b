"""What is added to each row of a list: the link and all that a mail with it needs."""

from dataclasses import dataclass
from typing import Final

from feedback_service.usecases.inviting.batch import Link

# RFC 8058: with this header a mail program unsubscribes by one POST to the URL in List-Unsubscribe.
ONE_CLICK: Final = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True)
class Urls:
    """What stands before a token: of the survey page, and of the page to unsubscribe."""

    survey: str
    unsubscribe: str


def list_unsubscribe(url: str) -> str:
    """Return the value of a mail's List-Unsubscribe header (RFC 2369)."""
    return f"<{url}>"


def ready(link: Link, urls: Urls, delimiter: str) -> str:
    """Return the added fields of a made link as CSV; none of them ever needs quotes."""
    token, off = link.token, urls.unsubscribe + link.token
    return delimiter.join(
        (token, link.token_id, urls.survey + token, off, f"<{off}>", ONE_CLICK, "")
    )


def added(link: Link | None, urls: Urls) -> dict[str, str]:
    """Return the added fields, by name; all of them empty without a link."""
    token = link.token if link is not None else ""
    unsubscribe_url = urls.unsubscribe + token if token else ""
    return {
        "token": token,
        "token_id": link.token_id if link is not None else "",
        "url": urls.survey + token if token else "",
        "unsubscribe_url": unsubscribe_url,
        "list_unsubscribe": list_unsubscribe(unsubscribe_url) if token else "",
        "list_unsubscribe_post": ONE_CLICK if token else "",
        "skipped": link.skipped if link is not None else "",
    }
