"""The words of a format: shipped as JSON, each a template, any of them changed by a webhook."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from feedback_service.delivery.formats.filling import sandbox
from feedback_service.delivery.formats.filling.sandbox import Budget, TemplateFault
from feedback_service.delivery.formats.shape import Document, Unfit

MAX_BYTES: Final = 32_768
MAX_DEPTH: Final = 10
ROOT: Final = "/template"


@cache
def shipped(file_name: str) -> Document:
    """Return the words of a format as shipped. Never change what this returns."""
    folder = files("feedback_service.delivery.formats.vendors")
    words: Document = json.loads((folder / file_name).read_text(encoding="utf-8"))
    return words


def merged(words: Mapping[str, Any], changes: Mapping[str, Any] | None) -> Document:
    """Return the words with a webhook's own over them; objects are merged member by member."""
    found = dict(words)
    for name, value in (changes or {}).items():
        if isinstance(value, Mapping) and isinstance(found.get(name), Mapping):
            found[name] = {**found[name], **value}
        else:
            found[name] = value
    return found


def check(template: Any) -> None:
    """Raise Unfit for the first member that is no template, or when there is too much of it."""
    if len(json.dumps(template)) > MAX_BYTES:
        raise Unfit(ROOT, f"the template has more than {MAX_BYTES} bytes")
    for pointer, text in _texts(template, ROOT, 0):
        try:
            sandbox.check(text)
        except TemplateFault as fault:
            raise Unfit(pointer, str(fault)) from None


def filled(value: Any, names: Mapping[str, Any], budget: Budget, pointer: str = ROOT) -> Any:
    """Return a JSON value with every text in it filled. Raises Unfit, naming the text."""
    if isinstance(value, str):
        try:
            return sandbox.fill(value, names, budget)
        except TemplateFault as fault:
            raise Unfit(pointer, str(fault)) from None
    if isinstance(value, Mapping):
        return {
            name: filled(inner, names, budget, f"{pointer}/{escaped(name)}")
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [filled(one, names, budget, f"{pointer}/{at}") for at, one in enumerate(value)]
    return value


def escaped(name: str) -> str:
    """Return a member's name as a JSON pointer writes it."""
    return name.replace("~", "~0").replace("/", "~1")


def _texts(value: Any, pointer: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        raise Unfit(pointer, f"the template is nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{pointer}/{escaped(name)}", depth + 1)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _texts(one, f"{pointer}/{at}", depth + 1)
