"""What the strict parser lets through, and what it refuses."""

import json

import pytest

from feedback_service.web.problems import WireError
from feedback_service.web.strict_json import MAX_DEPTH, parse


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True, "ü 🚀"]},
        {"brackets in a text": "[" * 500 + '\\"{' * 500},
        "\\u0000 as six characters",
        [10**19],
    ],
    ids=["plain", "brackets in a text", "an escaped escape", "20 digits"],
)
def test_plain_json_comes_back(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


def test_nesting_has_an_end() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(WireError, match="nested"):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    "body",
    [b'{"a":1,"\\u0061":2}', b"[NaN]", b"[1e999]", b'"\\u0000"', b'"\\udc00"', b"\xff", b""],
)
def test_what_databases_or_readers_choke_on_is_refused(body: bytes) -> None:
    with pytest.raises(WireError) as refusal:
        parse(body)
    assert refusal.value.code == "malformed-json"
