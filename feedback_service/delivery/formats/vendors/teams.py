"""teams: an Adaptive Card in a Microsoft Teams channel or chat, by a Workflows webhook.

Sources: "Create incoming webhooks with Workflows for Microsoft Teams" (support.microsoft.com) and
"Create and send messages" (learn.microsoft.com, Microsoft Teams platform): POST of
{"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive",
"contentUrl": null, "content": card}]}; the URL with its signature is the credential; 202 Accepted.
A message has at most 28 kB. The connectors that Workflows replace answer 200 with "Webhook message
delivery failed with error: …" in the text when the message was throttled or not delivered.
Workflows take Adaptive Cards only. Teams knows no idempotency.
"""

from typing import Any, Final

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    cut,
    cut_bytes,
    without_nothing,
)

# TextBlock and FactSet render a subset of Markdown: a respondent must not make links for staff.
_MARKDOWN: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]()#<>"})
_FAILED: Final = "Webhook message delivery failed"
# Of 28 kB for everything; escaping at most doubles it.
_MAX_TEXT_BYTES: Final = 9_000
_MAX_FACTS: Final = 20


def _message(words: Document, _event: Event, _url: str) -> dict[str, Any]:
    facts = [fact for fact in words["facts"] or () if fact][:_MAX_FACTS]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            _block(words["title"], 150, weight="Bolder", size="Large"),
            _block(cut_bytes(words["text"], _MAX_TEXT_BYTES), _MAX_TEXT_BYTES),
            {"type": "FactSet", "facts": [_fact(fact) for fact in facts]} if facts else None,
            _block(words["footer"], 300, isSubtle=True, size="Small"),
        ],
        **words["fields"],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": without_nothing(card),
    }
    return {"type": "message", "attachments": [attachment]}


def _block(text: Any, longest: int, **looks: Any) -> dict[str, Any] | None:
    shown = cut(text, longest)
    if not shown:
        return None
    return {"type": "TextBlock", "text": _escaped(shown), "wrap": True, **looks}


def _fact(fact: Document) -> dict[str, str]:
    value = cut(fact.get("value", ""), 200) or ""
    return {"title": _escaped(str(fact.get("label", ""))), "value": _escaped(value)}


def _escaped(text: str) -> str:
    # One line break is a blank in Markdown.
    return text.translate(_MARKDOWN).replace("\n", "\n\n")


def _refused(reply: str) -> bool:
    return _FAILED in reply


FORMAT: Final = Format(
    name="teams",
    title="a card in a Microsoft Teams channel",
    example="https://prod-00.westeurope.logic.azure.com/workflows/…/triggers/manual/paths/invoke?sig=…",
    build=_message,
    words="teams.json",
    refused=_refused,
)
