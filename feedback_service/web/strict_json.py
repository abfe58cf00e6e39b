"""Strict JSON: refuses what parsers let through and databases choke on.

Duplicate members (last would win), NaN, nesting without end, integers without end, NUL (PostgreSQL
refuses it, SQLite stores it), lone surrogates (neither can be written), any encoding but UTF-8.
"""

import json
import re
from typing import Any, Final

from feedback_service.web.problems import WireError

MAX_DEPTH: Final = 20
MAX_DIGITS: Final = 20
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"')
_BRACKET: Final = re.compile(r"[\[\]{}]")
# NUL and surrogates can only arrive as an escape: raw ones are no JSON, or no UTF-8.
_ESCAPES: Final = ("\\u0000", "\\ud", "\\uD")


def parse(body: bytes) -> Any:
    """Return the value of a JSON text. Raises WireError malformed-json saying what to mend."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("the body is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise _malformed("the body begins with a byte order mark: leave it out")
    _refuse_deep(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg} at line {error.lineno} column {error.colno}") from None
    if any(escape in text for escape in _ESCAPES):
        _refuse_unstorable(value)
    return value


def _refuse_deep(text: str) -> None:
    """Refuse before parsing: the parser recurses."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise _malformed(f"the body is nested more than {MAX_DEPTH} levels deep")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _malformed(f"the member {name[:50]!r} stands twice in one object")
            seen.add(name)
    return members


def _bounded_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _malformed(f"a whole number has more than {MAX_DIGITS} digits")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise _malformed("a number is too large")
    return number


def _no_constant(name: str) -> Any:
    raise _malformed(f"{name} is not JSON: leave the member out or send null")


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise _malformed("a text holds a NUL or half a surrogate pair, which no text may")
    elif isinstance(value, dict):
        for name, member in value.items():
            _refuse_unstorable(name)
            _refuse_unstorable(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_unstorable(member)


def _malformed(detail: str) -> WireError:
    return WireError("malformed-json", detail)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_no_duplicates,
    parse_int=_bounded_integer,
    parse_constant=_no_constant,
    parse_float=_finite,
)
