"""Where the links of a mail lead: merge tags that the sender fills in, or one person's own URL.

The tags are named after the fields that docs/mail.md tells to import from the CSV of
``tokens issue``. Mailchimp takes ten letters at most; Handlebars escapes between two braces, so
there are three where three are known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.errors import InvalidValue

MAX_LINK_LENGTH: Final = 2_000
_OWN_LINK: Final = re.compile(r"(https?://.+)/s/([^/?#]+)")
# What may stand in a quoted attribute and on one line; a script has no business here.
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f\"<>]")
_WEB: Final = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_TAG: Final = re.compile(r"[{\[*%$-].+[}\]*%$-]")


@dataclass(frozen=True, slots=True)
class Links:
    """survey, unsubscribe: a URL or a merge tag; no unsubscribe: the mail has its own."""

    survey: str
    unsubscribe: str | None

    def of_score(self, score: int) -> str:
        """Return the link that preselects a score."""
        is_query = _WEB.match(self.survey) and "?" in self.survey
        return f"{self.survey}{'&' if is_query else '?'}score={score}"


SENDERS: Final[Mapping[str, Links]] = {
    "mustache": Links("{{{url}}}", "{{{unsubscribe_url}}}"),
    "mailchimp": Links("*|SURVEY_URL|*", "*|STOP_URL|*"),
    "sendgrid": Links("{{{survey_url}}}", "{{{survey_unsubscribe_url}}}"),
    "sendgrid-legacy": Links("-survey_url-", "-survey_unsubscribe_url-"),
    "brevo": Links("{{ contact.SURVEY_URL }}", "{{ contact.SURVEY_UNSUBSCRIBE_URL }}"),
    "hubspot": Links("{{ contact.survey_url }}", "{{ contact.survey_unsubscribe_url }}"),
    "klaviyo": Links(
        "{{ person|lookup:'survey_url' }}", "{{ person|lookup:'survey_unsubscribe_url' }}"
    ),
}
DEFAULT_SENDER: Final = "mustache"


def links_for(sender: str | None, link: str | None, unsubscribe: str | None) -> Links:
    """Return the links of a mail.

    sender: one of SENDERS. link: instead of a sender, a person's URL or some other merge tag.
    unsubscribe: likewise; when left out it follows from a link of ours, /s/… to /u/….
    Raises InvalidValue.
    """
    if sender is not None and (link is not None or unsubscribe is not None):
        raise InvalidValue("give a sender, or a link of your own, not both", "/sender")
    if link is None:
        if unsubscribe is not None:
            raise InvalidValue("unsubscribe goes with a link: give that, too", "/link")
        known = SENDERS.get(sender or DEFAULT_SENDER)
        if known is None:
            raise InvalidValue(f"no sender {sender!r}: use {', '.join(SENDERS)}", "/sender")
        return known
    _check(link, "/link")
    if unsubscribe is not None:
        _check(unsubscribe, "/unsubscribe")
        return Links(link, unsubscribe)
    own = _OWN_LINK.fullmatch(link)
    return Links(link, f"{own[1]}/u/{own[2]}" if own else None)


def _check(link: str, field: str) -> None:
    fault = None
    if len(link) > MAX_LINK_LENGTH:
        fault = f"it has more than {MAX_LINK_LENGTH} characters"
    elif _UNFIT.search(link):
        fault = 'it holds a line break, ", < or >'
    elif _WEB.match(link):
        fault = "the score would end up behind its #" if "#" in link else None
    elif not _TAG.fullmatch(link):
        fault = "it is neither an http(s) URL nor a merge tag such as {{link}}"
    if fault:
        raise InvalidValue(f"this cannot be a link in a mail: {fault}", field)
