"""slack: a message in a channel, by an incoming webhook.

Sources: "Sending messages using incoming webhooks" (docs.slack.dev): POST of JSON to
https://hooks.slack.com/services/T…/B…/…, the URL is the credential; `text` is the fallback of
`blocks`. "Improving error conditions for Incoming Webhooks" (api.slack.com changelog, 2016-05-17):
400 invalid_payload, 403 action_prohibited, 404 channel_not_found, 410 channel_is_archived, 500
rollup_error, as plain text. Gateways in front of it have been seen to pass such a text on with
200, so the text counts, too. "Reference: Layout blocks": a header has 150 characters, a section
text 3,000, a section at most 10 fields of 2,000. "Formatting text for app surfaces": & < > are
written as entities, which also disarms <!channel> in a comment.
Slack knows no idempotency: a repeated delivery is a second message.
"""

from typing import Any, Final

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    cut,
    without_nothing,
)

_ERRORS: Final = frozenset(
    (
        *("invalid_payload", "user_not_found", "action_prohibited", "channel_not_found"),
        *("channel_is_archived", "rollup_error", "no_text", "no_service", "no_team"),
        *("invalid_blocks", "invalid_token", "missing_text_or_fallback_or_attachments"),
    )
)
_MAX_FIELDS: Final = 10


def _message(words: Document, _event: Event, _url: str) -> dict[str, Any]:
    title, text, footer = words["title"], words["text"], words["footer"]
    facts = [fact for fact in words["facts"] or () if fact][:_MAX_FIELDS]
    blocks = [
        {"type": "header", "text": _plain(title, 150)} if title else None,
        {"type": "section", "text": _plain(text, 3_000)} if text else None,
        {"type": "section", "fields": [_field(fact) for fact in facts]} if facts else None,
        {"type": "context", "elements": [_plain(footer, 300)]} if footer else None,
    ]
    fallback = ": ".join(str(part) for part in (title, text) if part)
    message = {
        "text": _escaped(cut(fallback, 3_000) or "Feedback"),
        "blocks": blocks,
        # A link in a comment must not be fetched and shown.
        "unfurl_links": False,
        "unfurl_media": False,
        **words["fields"],
    }
    shown: dict[str, Any] = without_nothing(message)
    return shown


def _plain(text: Any, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(text, longest), "emoji": False}


def _field(fact: Document) -> dict[str, Any]:
    label, value = _escaped(str(fact.get("label", ""))), _escaped(str(fact.get("value", "")))
    return {"type": "mrkdwn", "text": cut(f"*{label}*\n{value}", 2_000), "verbatim": True}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _refused(reply: str) -> bool:
    return reply.strip() in _ERRORS


FORMAT: Final = Format(
    name="slack",
    title="a message in a Slack channel",
    example="https://hooks.slack.com/services/T000/B000/XXXX",
    build=_message,
    words="slack.json",
    refused=_refused,
)
