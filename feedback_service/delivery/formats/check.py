"""Judge a webhook's format before it is saved: URL, headers and template, by trying them out."""

import re
from typing import Final
from urllib.parse import urlsplit

from feedback_service.delivery.formats import template
from feedback_service.delivery.formats.every import FORMATS
from feedback_service.delivery.formats.filling import mapping, samples
from feedback_service.delivery.formats.render import strictly
from feedback_service.delivery.formats.shape import Format, Unfit
from feedback_service.domain.alerting.events import TEST
from feedback_service.domain.alerting.webhooks import Webhook
from feedback_service.domain.errors import InvalidValue

# What a change of any of these may break.
JUDGED: Final = frozenset({"format", "template", "headers", "url", "events"})


def check_format(webhook: Webhook) -> None:
    """Raise InvalidValue, naming the member, unless every event can be told in this format."""
    kind = FORMATS.get(webhook.format)
    if kind is None:
        raise InvalidValue(f"no format {webhook.format!r}: use {', '.join(FORMATS)}", "/format")
    try:
        _check_template(kind, webhook)
    except Unfit as fault:
        raise InvalidValue(f"{fault.pointer}: {fault}", fault.pointer) from None
    _check_url(kind, webhook.url)
    _check_headers(kind, webhook)
    for event_type in dict.fromkeys((*webhook.events, TEST)):
        for sample in (samples.full(event_type), samples.bare(event_type)):
            try:
                strictly(webhook, sample)
            except Unfit as fault:
                raise InvalidValue(
                    f"{fault.pointer}: {fault} (in {event_type})", fault.pointer
                ) from None


def _check_template(kind: Format, webhook: Webhook) -> None:
    own = webhook.template
    if kind is template.FORMAT:
        if own is None:
            raise Unfit(mapping.ROOT, 'say what to send: {"body": …} or {"text": "…"}')
        template.check(dict(own))
    elif own is not None and kind.words is None:
        raise Unfit(mapping.ROOT, f"a {kind.name} body cannot be changed: use format template")
    elif own is not None and kind.words is not None:
        usual = mapping.shipped(kind.words)
        for name, word in own.items():
            pointer = f"{mapping.ROOT}/{mapping.escaped(name)}"
            if name not in usual:
                raise Unfit(pointer, f"{kind.name} has no word {name!r}: use {', '.join(usual)}")
            if isinstance(usual[name], dict) and not isinstance(word, dict):
                raise Unfit(pointer, "this is an object: {name: value}")
    mapping.check(own)


def _check_url(kind: Format, url: str) -> None:
    if not re.search(kind.path + r"\Z", urlsplit(url).path):
        raise InvalidValue(f"a {kind.name} URL looks like {kind.example}", "/url")


def _check_headers(kind: Format, webhook: Webhook) -> None:
    given = {name.lower() for name in webhook.headers}
    for need in kind.needs:
        if need.name.lower() not in given:
            raise InvalidValue(
                f"{kind.name} does not work without the header {need.name}: {need.form}",
                "/headers",
            )
