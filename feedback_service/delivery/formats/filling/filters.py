"""Filters and tests of templates: ours alone, null-proof, and none makes much of little."""

import html
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

_LONGEST: Final = 65_536


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _truncate(value: Any, length: int = 255, end: str = "…") -> str:
    text = _text(value)
    return text if len(text) <= length else text[: max(0, length - len(end))] + end


def _replace(value: Any, old: str, new: str) -> str:
    text = _text(value)
    grown = len(text) + text.count(old) * max(0, len(new) - len(old))
    if not old or grown > _LONGEST:
        raise ValueError("replace: nothing to look for, or too much of it")
    return text.replace(old, new)


def _join(values: Any, between: str = ", ") -> str:
    if values is None:
        return ""
    if isinstance(values, str):
        return values
    texts = [_text(value) for value in values]
    if sum(map(len, texts)) + len(between) * len(texts) > _LONGEST:
        raise ValueError("join: this makes too long a text")
    return between.join(texts)


def _default(value: Any, instead: Any = "") -> Any:
    return instead if value is None or value == "" else value


def _items(value: Any) -> list[list[Any]]:
    if not isinstance(value, Mapping):
        raise TypeError("items is for objects, such as response.answers")
    return [[name, inner] for name, inner in value.items()]


def _length(value: Any) -> int:
    return 0 if value is None else len(value)


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def _round(value: Any, digits: int = 0) -> Any:
    return None if value is None else round(value, digits) if digits else round(value)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "capitalize": lambda value: _text(value).capitalize(),
    "default": _default,
    "escape": lambda value: html.escape(_text(value)),
    "int": _int,
    "items": _items,
    "join": _join,
    "json": _json,
    "length": _length,
    "lower": lambda value: _text(value).lower(),
    "replace": _replace,
    "round": _round,
    "string": _text,
    "title": lambda value: _text(value).title(),
    "trim": lambda value: _text(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: _text(value).upper(),
    "urlencode": lambda value: quote(_text(value), safe=""),
}
TESTS: Final[dict[str, Callable[..., bool]]] = {
    "in": lambda value, values: value in (values or ()),
    "none": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
}
