"""Puts a survey's words into a mail: as text alone, never as markup or as somebody's merge tag.

Senders look for their tags in the source of a mail, before any mail program reads it: what is
written as a character reference is no tag to them, and the same sign to the reader.
"""

import re
from typing import Final

from markupsafe import Markup

# Markup, and every sign that begins or ends a tag at a sender we know (docs/mail.md).
_REFERENCES: Final = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'{}[]*|%"}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# SendGrid's older tags are plain words between hyphens, and ours begin like this.
_HYPHENED: Final = re.compile(r"-(?=survey_)", re.IGNORECASE)
# In plain text nothing can be written differently, so an invisible sign breaks the tag.
_TEXT_TAG: Final = re.compile(r"(?<=[{}\[*|%<-])(?=[{}*|%#>]|(?<=[{\[])\S|(?<=-)survey_)")
_WORD_JOINER: Final = "\u2060"


def as_html(text: str) -> Markup:
    """Return words for HTML or MJML, between tags or in a quoted attribute."""
    escaped = _CONTROL.sub("", text).translate(_REFERENCES)
    return Markup(_HYPHENED.sub("&#45;", escaped))  # noqa: S704  # escaped in the line above


def as_text(text: str) -> str:
    """Return words for the plain text of a mail, on one line."""
    return _TEXT_TAG.sub(_WORD_JOINER, " ".join(_CONTROL.sub(" ", text).split()))


def as_href(link: str) -> Markup:
    """Return a checked link for an attribute in double quotes; a merge tag stays as it is."""
    return Markup(link.replace("&", "&amp;"))  # noqa: S704  # links.py lets no quote or < through
