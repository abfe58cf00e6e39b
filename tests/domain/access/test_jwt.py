"""Customer-minted JWTs: what passes, and what their claims may say."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from feedback_service.domain.access.jwt import check_public_key, new_signing_secret, verify
from feedback_service.domain.access.keys import KeyState
from feedback_service.domain.errors import InvalidValue, TokenExpired, TokenInvalid
from tests.domain.access.minting import (
    CLAIMS,
    HEADER,
    NOW_S,
    PEM,
    SHARED,
    eddsa_signed,
    hmac_signed,
    read,
    refuses,
    with_claims,
)
from tests.factories import DAY, NOW, jwt_token


def test_a_jwt_of_the_customers_own_library_passes() -> None:
    claims = read(jwt_token(SHARED, "nps", jti="order-7", tp="checkout", cmp="may", ch="sms"))
    assert (claims.survey, claims.respondent, claims.token_id) == ("nps", "cust_1", "jwt:order-7")
    assert (claims.touchpoint, claims.campaign, claims.channel) == ("checkout", "may", "sms")
    assert (claims.issued_at, claims.expires_at) == (NOW, NOW + DAY)
    assert (claims.project_id, claims.kid, claims.test) == (1, "sk_1", False)


def test_a_jwt_signed_with_the_customers_private_key_passes() -> None:
    assert read(eddsa_signed({"alg": "EdDSA", "kid": "pk_1", "typ": "JWT"}, CLAIMS)).kid == "pk_1"


def test_one_person_and_survey_have_one_token_id_however_often_minted() -> None:
    first, again = read(with_claims()), read(with_claims(iat=NOW_S - 5, tp="elsewhere"))
    assert first.token_id == again.token_id
    assert first.token_id != read(with_claims(sub="cust_2")).token_id
    assert first.token_id != read(with_claims(srv="csat")).token_id


def test_an_identity_names_no_survey() -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != "srv"}
    assert read(hmac_signed(HEADER, claims)).survey is None


@pytest.mark.parametrize(
    ("traits", "read_as"),
    [
        pytest.param({"plan": "pro"}, {"plan": "pro"}, id="text"),
        pytest.param({"seats": 5, "vip": True}, {"seats": "5", "vip": "true"}, id="numbers"),
        pytest.param({}, {}, id="none"),
    ],
)
def test_traits_become_text(traits: dict[str, object], read_as: dict[str, str]) -> None:
    assert read(with_claims(tr=traits)).traits == read_as


def test_a_test_key_or_the_claim_makes_a_test_token() -> None:
    assert read(with_claims(tst=True)).test
    assert verify(with_claims(), lambda _kid: replace(SHARED, test=True), NOW).test


@pytest.mark.parametrize(
    ("state", "passes"), [("active", True), ("verify_only", True), ("retired", False)]
)
def test_a_key_verifies_until_it_is_retired(state: KeyState, passes: bool) -> None:
    key = replace(SHARED, state=state)
    if passes:
        assert verify(with_claims(), lambda _kid: key, NOW).kid == "sk_1"
    else:
        with pytest.raises(TokenInvalid):
            verify(with_claims(), lambda _kid: key, NOW)


def test_a_new_secret_signs_what_we_verify() -> None:
    kid, secret = new_signing_secret()
    key = replace(SHARED, kid=kid, material=secret)
    assert verify(jwt_token(key), {kid: key}.get, NOW).kid == kid


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"sub": None}, id="no person"),
        pytest.param({"sub": ""}, id="empty person"),
        pytest.param({"sub": 7}, id="person is a number"),
        pytest.param({"sub": "x" * 201}, id="long person"),
        pytest.param({"sub": "a\0b"}, id="NUL"),
        pytest.param({"sub": "\ud800"}, id="lone surrogate"),
        pytest.param({"srv": ["nps"]}, id="survey is a list"),
        pytest.param({"exp": None}, id="no expiry"),
        pytest.param({"exp": str(NOW_S + 9)}, id="expiry is text"),
        pytest.param({"exp": True}, id="expiry is true"),
        pytest.param({"exp": float("nan")}, id="expiry is NaN"),
        pytest.param({"exp": float("inf")}, id="expiry is Infinity"),
        pytest.param({"exp": 10**30}, id="expiry beyond the calendar"),
        pytest.param({"exp": NOW_S + 180 * 86_400 + 61}, id="expiry beyond 180 days"),
        pytest.param({"iat": NOW_S + 61}, id="issued in the future"),
        pytest.param({"iat": "now"}, id="issued is text"),
        pytest.param({"nbf": NOW_S + 61}, id="not valid yet"),
        pytest.param({"jti": ""}, id="empty jti"),
        pytest.param({"jti": "a b"}, id="jti with a space"),
        pytest.param({"jti": "j" * 65}, id="long jti"),
        pytest.param({"jti": 5}, id="jti is a number"),
        pytest.param({"ch": "fax"}, id="unknown channel"),
        pytest.param({"tp": "t" * 65}, id="long touchpoint"),
        pytest.param({"cmp": "c" * 101}, id="long campaign"),
        pytest.param({"tst": "yes"}, id="test is text"),
        pytest.param({"tr": ["pro"]}, id="traits are a list"),
        pytest.param({"tr": {f"t{i}": "x" for i in range(11)}}, id="eleven traits"),
        pytest.param({"tr": {"plan": None}}, id="a trait is null"),
        pytest.param({"tr": {"plan": {"a": 1}}}, id="a trait is an object"),
        pytest.param({"tr": {"plan": "x" * 65}}, id="a long trait"),
        pytest.param({"tr": {"": "x"}}, id="a trait without a name"),
        pytest.param({"tr": {"plan": "a\nb"}}, id="a trait of two lines"),
    ],
)
def test_claims_we_cannot_keep_to_are_refused(claims: dict[str, object]) -> None:
    refuses(with_claims(**claims))


def test_claims_a_second_within_their_limits_pass() -> None:
    assert read(with_claims(exp=NOW_S + 1)).expires_at == NOW + timedelta(seconds=1)
    assert read(with_claims(exp=NOW_S + 180 * 86_400)).expires_at == NOW + 180 * DAY
    assert read(with_claims(iat=NOW_S + 60, nbf=NOW_S + 60)).survey == "nps"


@pytest.mark.parametrize("late_s", [0, 1, 10**9])
def test_an_expired_jwt_is_told_so(late_s: int) -> None:
    with pytest.raises(TokenExpired):
        read(with_claims(exp=NOW_S - late_s))


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param("", id="empty"),
        pytest.param("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", id="broken"),
        pytest.param(
            X25519PrivateKey.generate()
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
            id="a key for something else",
        ),
        pytest.param(json.dumps({"kty": "OKP", "crv": "Ed25519", "x": "AA"}), id="a JWK"),
    ],
)
def test_only_an_ed25519_public_key_is_taken(pem: str) -> None:
    check_public_key(PEM)
    with pytest.raises(InvalidValue, match="Ed25519"):
        check_public_key(pem)
