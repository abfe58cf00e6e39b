import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.access.keys import (
    ApiKey,
    KeyKind,
    check_scopes,
    key_digest,
    looks_like_key,
    new_key,
)
from feedback_service.domain.errors import InvalidValue, ScopeMissing
from tests.factories import NOW

BASE62 = string.digits + string.ascii_letters


@pytest.mark.parametrize(
    ("kind", "test", "prefix"),
    [
        pytest.param("secret", False, "fbk_live_", id="live secret key"),
        pytest.param("secret", True, "fbk_test_", id="test secret key"),
        pytest.param("site", False, "fbp_", id="live site key"),
        pytest.param("site", True, "fbp_test_", id="test site key"),
    ],
)
def test_a_key_shows_what_it_is_for(kind: KeyKind, test: bool, prefix: str) -> None:
    key = new_key(kind, test=test)
    assert key.startswith(prefix)
    assert len(key) == len(prefix) + 36
    assert set(key.removeprefix(prefix)) <= set(BASE62)
    assert looks_like_key(key)


def test_two_keys_differ() -> None:
    assert new_key("secret") != new_key("secret")


@given(position=st.integers(0, 44), replacement=st.sampled_from(BASE62))
def test_one_mistyped_character_is_noticed(position: int, replacement: str) -> None:
    key = new_key("secret")
    mistyped = key[:position] + replacement + key[position + 1 :]
    assert looks_like_key(mistyped) is (mistyped == key)


@given(position=st.integers(9, 43))
def test_two_swapped_neighbours_are_noticed(position: int) -> None:
    key = new_key("secret")
    swapped = key[:position] + key[position + 1] + key[position] + key[position + 2 :]
    assert looks_like_key(swapped) is (swapped == key)


@given(st.text(max_size=80))
def test_any_other_text_is_no_key(text: str) -> None:
    assert not looks_like_key(text)


def test_a_key_of_one_kind_cannot_pass_as_another() -> None:
    body = new_key("secret").removeprefix("fbk_live_")
    assert not looks_like_key("fbk_test_" + body)
    assert not looks_like_key("fbp_" + body)


def test_a_digest_does_not_show_the_key() -> None:
    key = new_key("secret")
    assert key_digest(key) == key_digest(key)
    assert len(key_digest(key)) == 64
    assert key[-6:] not in key_digest(key)


def test_a_digest_exists_for_every_text_a_header_can_hold() -> None:
    assert key_digest("\udcff") != key_digest("\udcfe")


def test_a_key_without_the_scope_is_refused_by_name() -> None:
    key = ApiKey(
        id=1,
        project_id=1,
        kind="secret",
        test=False,
        name="reader",
        last4="abcd",
        scopes=("reports:read",),
        created_at=NOW,
        revoked_at=None,
    )
    key.require("reports:read")
    with pytest.raises(ScopeMissing, match="tokens:write"):
        key.require("tokens:write")


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do() -> None:
    check_scopes(("reports:read", "tokens:write"))
    with pytest.raises(InvalidValue, match=r"'reports:write'.*reports:read") as refused:
        check_scopes(("reports:read", "reports:write"))
    assert refused.value.field == "/scopes"
