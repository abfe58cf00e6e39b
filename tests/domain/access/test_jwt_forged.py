"""Forged and mangled JWTs: all of them are refused, and all alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.access.jwt import SigningKey, looks_like_jwt, verify
from feedback_service.domain.errors import TokenInvalid
from tests.domain.access.minting import (
    CLAIMS,
    HEADER,
    KEYS,
    NOW_S,
    PEM,
    eddsa_signed,
    hmac_signed,
    read,
    refuses,
    with_claims,
)
from tests.factories import NOW, json_part


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "none", "kid": "sk_1"}, id="alg none"),
        pytest.param({"alg": "None", "kid": "sk_1"}, id="alg None"),
        pytest.param({"alg": "HS512", "kid": "sk_1"}, id="another hash"),
        pytest.param({"alg": "EdDSA", "kid": "sk_1"}, id="EdDSA for a shared secret"),
        pytest.param({"alg": "RS256", "kid": "sk_1"}, id="RS256"),
        pytest.param({"alg": ["HS256"], "kid": "sk_1"}, id="a list of algorithms"),
        pytest.param({"kid": "sk_1"}, id="no alg"),
        pytest.param({"alg": "HS256"}, id="no kid"),
        pytest.param({**HEADER, "kid": "sk_unknown"}, id="unknown kid"),
        pytest.param({**HEADER, "kid": 1}, id="kid is a number"),
        pytest.param({**HEADER, "kid": None}, id="kid is null"),
        pytest.param({**HEADER, "kid": ""}, id="kid is empty"),
        pytest.param({**HEADER, "crit": ["exp"]}, id="crit"),
        pytest.param({**HEADER, "crit": []}, id="empty crit"),
        pytest.param({**HEADER, "b64": False}, id="b64"),
        pytest.param({**HEADER, "zip": "DEF"}, id="zip"),
        pytest.param({**HEADER, "jku": "https://evil.example/keys"}, id="jku"),
        pytest.param({**HEADER, "x5u": "https://evil.example/c"}, id="x5u"),
        pytest.param({**HEADER, "jwk": {"kty": "oct", "k": "AA"}}, id="jwk"),
        pytest.param({**HEADER, "typ": {"a": 1}}, id="typ is an object"),
        pytest.param('{"alg":"HS256","alg":"HS256","kid":"sk_1"}', id="alg twice"),
        pytest.param('{"alg":"HS256","kid":"other","kid":"sk_1"}', id="kid twice"),
        pytest.param('["HS256","sk_1"]', id="a list"),
        pytest.param("null", id="null"),
        pytest.param("{", id="broken JSON"),
        pytest.param('{"alg":NaN,"kid":"sk_1"}', id="NaN"),
    ],
)
def test_a_header_we_did_not_agree_on_is_refused(header: object) -> None:
    refuses(hmac_signed(header, CLAIMS))


@pytest.mark.parametrize(
    "kid",
    ["../../etc/passwd", "x' OR '1'='1", "sk_1\0", "sk_1\n", "k" * 65, "k" * 10_000, "ключ"],
)
def test_a_strange_kid_is_refused_without_looking_it_up(kid: str) -> None:
    looked_up: list[str] = []
    with pytest.raises(TokenInvalid):
        verify(hmac_signed({**HEADER, "kid": kid}, CLAIMS), looked_up.append, NOW)
    assert looked_up == []


@pytest.mark.parametrize("alg", ["HS256", "EdDSA"])
@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(PEM, id="PEM"),
        pytest.param(PEM.strip(), id="PEM without the last line break"),
        pytest.param("".join(PEM.splitlines()[1:-1]), id="its base64"),
    ],
)
def test_a_public_key_is_no_shared_secret(alg: str, secret: str) -> None:
    refuses(hmac_signed({"alg": alg, "kid": "pk_1"}, CLAIMS, secret))


def test_a_jwt_without_signature_is_refused() -> None:
    for alg in ("none", "HS256"):
        refuses(f"{json_part({'alg': alg, 'kid': 'sk_1'})}.{json_part(CLAIMS)}.")


def test_a_jwt_signed_with_another_projects_key_is_refused() -> None:
    other = SigningKey(
        "sk_2", 2, "HS256", "the-other-project-has-its-own-secret", "active", False, NOW
    )
    text = hmac_signed(HEADER, CLAIMS, other.material)
    with pytest.raises(TokenInvalid):
        verify(text, {**KEYS, "sk_2": other}.get, NOW)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(f'{{"sub":"a","srv":"nps","exp":{NOW_S + 9},"sub":"b"}}', id="sub twice"),
        pytest.param('{"sub":"a","srv":"nps","exp":1e400}', id="exp is 1e400"),
        pytest.param('{"sub":"a","srv":"nps","exp":' + "9" * 1000 + "}", id="exp of 1000 digits"),
        pytest.param('{"sub":"a","exp":1,"x":' + "[" * 900 + "]" * 900 + "}", id="deep nesting"),
        pytest.param('"a string"', id="a string"),
        pytest.param("", id="empty"),
        pytest.param('{"sub":"a"', id="broken JSON"),
    ],
)
def test_claims_that_are_no_plain_json_object_are_refused(claims: str) -> None:
    text = hmac_signed(HEADER, claims)
    refuses(text)


def test_only_who_could_sign_it_learns_that_it_has_expired() -> None:
    refuses(
        hmac_signed(HEADER, {**CLAIMS, "exp": NOW_S - 1}, "a-guessed-secret-of-the-same-length")
    )


@given(data=st.data())
def test_any_changed_character_is_refused(data: st.DataObject) -> None:
    text = data.draw(
        st.sampled_from(
            [with_claims(), eddsa_signed({**HEADER, "alg": "EdDSA", "kid": "pk_1"}, CLAIMS)]
        )
    )
    position = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.sampled_from("AZaz09-_.=+/ \né"))
    changed = text[:position] + character + text[position + 1 :]
    if changed != text:
        refuses(changed)


def test_no_other_spelling_gives_a_second_token() -> None:
    """The last character of a part has spare bits, and padding may be written out."""
    text = with_claims(jti="spelled")
    for position, part in enumerate(text.split(".")):
        for spelling in (part + "=", part + "==", part + "\n", " " + part, *_last_varied(part)):
            parts = text.split(".")
            parts[position] = spelling
            refuses(".".join(parts))


@pytest.mark.parametrize("dots", [0, 1, 3, 4])
def test_a_jwt_has_two_dots(dots: int) -> None:
    text = ".".join([json_part(HEADER)] * (dots + 1))
    refuses(text)
    assert not looks_like_jwt(text)


def test_more_than_2_kb_are_refused_before_anything_is_parsed() -> None:
    refuses(with_claims(more="x" * 2048))
    assert read(with_claims(more="x" * 1200)).survey == "nps"


def _last_varied(part: str) -> list[str]:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return [part[:-1] + last for last in alphabet if last != part[-1]]
