"""template: whatever body a receiver wants, written by its owner.

`template` holds either `body`, a JSON value whose texts are templates, or `text`, one template of
the whole body, with `content_type` (application/json unless given). In a JSON text, the filter
`json` writes a value as JSON does: {"comment": {{ response.comment|json }}}.
"""

import json
from typing import Any, Final

from feedback_service.delivery.formats.filling.mapping import ROOT
from feedback_service.delivery.formats.shape import JSON, Document, Event, Format, Unfit

MEMBERS: Final = ("body", "text", "content_type")


def check(template: Document) -> None:
    """Raise Unfit unless it has one of body and text, and a content type that can be sent."""
    for name in template:
        if name not in MEMBERS:
            raise Unfit(f"{ROOT}/{name}", f"a template has {', '.join(MEMBERS)} only")
    if ("body" in template) == ("text" in template):
        raise Unfit(ROOT, 'give either "body", a JSON value, or "text", the whole body')
    if "text" in template and not isinstance(template["text"], str):
        raise Unfit(f"{ROOT}/text", 'this is one text; a JSON value goes into "body"')
    if "body" in template and not isinstance(template["body"], dict | list):
        raise Unfit(f"{ROOT}/body", 'this is a JSON object or array; one text goes into "text"')
    kind = content_type(template)
    if not (isinstance(kind, str) and kind.isascii() and kind.isprintable() and "/" in kind[:100]):
        raise Unfit(f"{ROOT}/content_type", "this is no content type such as text/plain")
    if "body" in template and "json" not in kind:
        raise Unfit(f"{ROOT}/content_type", '"body" is sent as JSON: use "text" for anything else')


def content_type(template: Document) -> Any:
    return template.get("content_type", JSON)


def _body(words: Document, _event: Event, _url: str) -> Any:
    if "body" in words:
        return words["body"]
    text = words["text"] if isinstance(words["text"], str) else json.dumps(words["text"])
    if "json" in content_type(words):
        try:
            return json.loads(text)
        except ValueError as error:
            raise Unfit(
                f"{ROOT}/text", f"this makes no JSON ({error}): write values with |json"
            ) from None
    return text


FORMAT: Final = Format(
    name="template",
    title="a body of your own, as a template",
    example="https://anything.example/hook",
    build=_body,
)
