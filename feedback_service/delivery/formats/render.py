"""Make the request of an event in a webhook's format: its body, and what goes along."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from feedback_service.delivery.formats import template
from feedback_service.delivery.formats.every import FORMATS
from feedback_service.delivery.formats.filling import context, mapping, samples
from feedback_service.delivery.formats.filling.sandbox import Budget
from feedback_service.delivery.formats.shape import Document, Event, Format, Lookup, Unfit
from feedback_service.domain.alerting.events import TEST
from feedback_service.domain.alerting.webhooks import Webhook

_LISTS: Final = {"facts", "tags"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """body: the bytes. faults: own words that could not be used; the shipped ones stand in."""

    body: bytes
    faults: tuple[Unfit, ...] = ()


def rendered(webhook: Webhook, event: Event, public_url: str | None = None) -> Rendered:
    """Return the body that tells a webhook of an event.

    News must not be lost for a subject line: a changed word that breaks gives way to the shipped
    one. Raises Unfit when there is none to give way to.
    """
    kind = FORMATS[webhook.format]
    event = told_as(kind, event, public_url)
    words, faults = _words(kind, webhook.template, event)
    return Rendered(encoded(kind.build(words, event, webhook.url)), faults)


def strictly(webhook: Webhook, event: Event) -> bytes:
    """Return the body, with no word giving way. Raises Unfit for the first fault."""
    found = rendered(webhook, event)
    if found.faults:
        raise found.faults[0]
    return found.body


def headers(webhook: Webhook, delivery_id: str) -> dict[str, str]:
    """Return the headers of a delivery but the signature: the format's, the webhook's over them."""
    kind = FORMATS[webhook.format]
    given = {name.lower() for name in webhook.headers}
    of_format = {
        name: value.replace("{id}", delivery_id)
        for name, value in kind.headers.items()
        if name.lower() not in given
    }
    content_type = kind.content_type
    if kind is template.FORMAT:
        content_type = str(template.content_type(dict(webhook.template or {})))
    return {**of_format, **webhook.headers, "content-type": content_type}


def lookup(webhook: Webhook, body: bytes) -> Lookup | None:
    """Return what must be asked before this body can be sent."""
    try:
        return FORMATS[webhook.format].lookup(webhook.url, body)
    except (ValueError, LookupError, TypeError, AttributeError):
        # Frozen before the webhook got this format: it goes out as it is, and the receiver judges.
        return None


def refused(webhook: Webhook, reply: str) -> bool:
    """Tell whether a 2xx reply says that the delivery failed all the same."""
    return FORMATS[webhook.format].refused(reply)


def encoded(value: Any) -> bytes:
    """Return a body as bytes: a text as it is, any other value as compact JSON."""
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def told_as(kind: Format, event: Event, public_url: str | None) -> Event:
    """Return the event as the format tells it: a test shows CRMs what an alert would be."""
    if event.type == TEST and _has_words(kind):
        return samples.as_test(event, public_url)
    return event


def _has_words(kind: Format) -> bool:
    return kind.words is not None or kind is template.FORMAT


def _words(
    kind: Format, own: Mapping[str, Any] | None, event: Event
) -> tuple[Document, tuple[Unfit, ...]]:
    if not _has_words(kind):
        return {}, ()
    names, budget = context.names_of(event), Budget.fresh()
    if kind.words is None:
        return mapping.filled(dict(own or {}), names, budget), ()
    usual = mapping.shipped(kind.words)
    found, faults = {}, []
    for name, word in mapping.merged(usual, own).items():
        pointer = f"{mapping.ROOT}/{mapping.escaped(name)}"
        try:
            found[name] = mapping.filled(word, names, budget, pointer)
            _check_shape(name, found[name], pointer)
        except Unfit as fault:
            faults.append(fault)
            found[name] = mapping.filled(usual[name], names, Budget.fresh(), pointer)
    return found, tuple(faults)


def _check_shape(name: str, value: Any, pointer: str) -> None:
    """Raise Unfit for a list that is none. Objects stay objects: they are merged, not replaced."""
    if name not in _LISTS or value is None:
        return
    if not isinstance(value, list):
        raise Unfit(pointer, "this must give a list")
    if name == "facts" and not all(isinstance(fact, Mapping) for fact in value):
        raise Unfit(pointer, 'this must give a list of {"label": …, "value": …}')
