import string
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.access.tokens import (
    LINK,
    MAX_LIFETIME,
    WIDGET,
    campaign_nonces,
    check_lifetime,
    fits_inline,
    refuse_expired,
    seal_link,
    seal_widget,
    unseal,
    visitor_nonces,
)
from feedback_service.domain.errors import InvalidValue, TokenExpired, TokenInvalid
from tests.factories import DAY, NOW, SECRET_KEYS

SIGNER = TokenSigner(SECRET_KEYS)
LARGEST_ID = 2**32 - 1
UUID_TEXT = "0b5f1c52-8f4e-4d2c-9a57-3f0d0a1b2c3d"


@pytest.mark.parametrize(
    "respondent",
    [
        pytest.param(None, id="nobody"),
        pytest.param("cust_184467", id="short reference"),
        pytest.param("r" * 35, id="longest reference"),
        pytest.param("ü" * 17, id="reference of many bytes"),
        pytest.param(UUID_TEXT, id="uuid"),
        pytest.param(2**63 - 1, id="row number"),
    ],
)
def test_a_link_token_has_at_most_100_characters_and_carries_the_person(
    respondent: str | int | None,
) -> None:
    token, _ = seal_link(SIGNER, LARGEST_ID, respondent, NOW, MAX_LIFETIME)
    assert len(token) <= 100
    assert unseal(SIGNER, token).respondent == respondent


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200).filter(bool))
def test_whatever_fits_inline_comes_back_unchanged_within_100_characters(ref: str) -> None:
    if fits_inline(ref):
        token, _ = seal_link(SIGNER, LARGEST_ID, ref, NOW, MAX_LIFETIME)
        assert len(token) <= 100
        assert unseal(SIGNER, token).respondent == ref


@given(st.uuids())
def test_a_uuid_takes_sixteen_bytes(ref: UUID) -> None:
    token, _ = seal_link(SIGNER, 1, str(ref), NOW, DAY)
    assert unseal(SIGNER, token).respondent == str(ref)
    assert len(token) == len(seal_link(SIGNER, 1, "r" * 16, NOW, DAY)[0])


@pytest.mark.parametrize("ref", [UUID_TEXT.upper(), UUID_TEXT.replace("-", "", 1) + "-"])
def test_a_uuid_in_another_spelling_comes_back_as_it_was(ref: str) -> None:
    token, _ = seal_link(SIGNER, 1, ref, NOW, DAY)
    assert unseal(SIGNER, token).respondent == ref


@pytest.mark.parametrize(
    ("ref", "fits"),
    [
        pytest.param("r" * 35, True, id="35 bytes"),
        pytest.param("r" * 36, False, id="36 bytes"),
        pytest.param("ü" * 18, False, id="18 characters of two bytes"),
        pytest.param(UUID_TEXT, True, id="uuid, although 36 characters"),
        pytest.param("jo@example.com", True, id="an e-mail address"),
    ],
)
def test_what_may_ride_inside_a_link(ref: str, fits: bool) -> None:
    assert fits_inline(ref) is fits


def test_a_link_token_knows_its_links_and_its_times() -> None:
    token, token_id = seal_link(SIGNER, 7, "cust_1", NOW, 90 * DAY)
    sealed = unseal(SIGNER, token)
    assert (sealed.kind, sealed.target, sealed.token_id) == (LINK, 7, token_id)
    assert (sealed.issued_at, sealed.expires_at) == (NOW, NOW + 90 * DAY)


def test_a_widget_token_pins_the_version_it_showed() -> None:
    token, token_id = seal_widget(SIGNER, 42, {"tp": "Kasse", "tr": {"plan": "pro"}}, NOW)
    sealed = unseal(SIGNER, token)
    assert (sealed.kind, sealed.target, sealed.token_id) == (WIDGET, 42, token_id)
    assert sealed.extra == {"tp": "Kasse", "tr": {"plan": "pro"}}
    assert sealed.expires_at == NOW + DAY


@pytest.mark.parametrize("ref", ["jo@example.com", "anna.mueller", "r" * 35])
def test_nobody_reads_the_person_in_a_link(ref: str) -> None:
    token, _ = seal_link(SIGNER, 7, ref, NOW, DAY)
    payload = SIGNER.unsign(token)
    assert ref.encode() not in payload
    assert not any(ref.encode()[:3] in part for part in (payload, token.encode()))


def test_a_link_survives_the_rotation_of_the_secret_key() -> None:
    token, _ = seal_link(SIGNER, 7, "jo@example.com", NOW, DAY)
    rotated = TokenSigner(("a-newer-secret-key-than-all-the-others", *SECRET_KEYS))
    assert unseal(rotated, token).respondent == "jo@example.com"
    newer, _ = seal_link(rotated, 7, "jo@example.com", NOW, DAY)
    assert unseal(rotated, newer).respondent == "jo@example.com"


def test_a_campaign_gives_a_person_the_same_right_twice_and_nobody_else() -> None:
    nonces = {
        campaign_nonces(SIGNER, survey_id, campaign)(ref)
        for survey_id in (1, 2)
        for campaign in ("spring", "autumn")
        for ref in ("anna", "ben")
        for _ in range(2)
    }
    assert len(nonces) == 8
    nonce = campaign_nonces(SIGNER, 1, "spring")("anna")
    first = seal_link(SIGNER, 7, "anna", NOW, DAY, nonce)
    reminder = seal_link(SIGNER, 8, "anna", NOW + 9 * DAY, 30 * DAY, nonce)
    assert first[0] != reminder[0]
    assert first[1] == reminder[1]


def test_a_visitor_is_known_again_by_every_key_in_force() -> None:
    rotated = TokenSigner(("a-newer-secret-key-than-all-the-others", *SECRET_KEYS))
    before = visitor_nonces(SIGNER, "5f3a", 1, 0)
    after = visitor_nonces(rotated, "5f3a", 1, 0)
    assert len(after) == 2
    assert set(before.values()) < set(after.values())
    nonce, token_id = next(iter(after.items()))
    assert seal_widget(rotated, 42, {}, NOW, nonce=nonce)[1] == token_id


def test_two_tokens_for_the_same_person_have_different_ids() -> None:
    ids = {seal_link(SIGNER, 1, "cust_1", NOW, DAY)[1] for _ in range(1000)}
    assert len(ids) == 1000


@given(position=st.integers(0, 66), character=st.sampled_from(string.printable))
def test_any_changed_character_is_refused(position: int, character: str) -> None:
    token, _ = seal_link(SIGNER, 7, "cust_184467", NOW, 90 * DAY)
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        with pytest.raises(TokenInvalid):
            unseal(SIGNER, changed)


def test_a_signed_text_that_is_no_token_is_refused() -> None:
    for payload in (b"", b"short", b"\x03" + bytes(20)):
        with pytest.raises(TokenInvalid):
            unseal(SIGNER, SIGNER.sign(payload))


def test_a_token_is_good_until_the_second_before_it_expires() -> None:
    refuse_expired(NOW, NOW - timedelta(seconds=1))


@pytest.mark.parametrize("late_s", [0, 1, 3600])
def test_a_token_is_refused_from_its_expiry_on(late_s: int) -> None:
    with pytest.raises(TokenExpired):
        refuse_expired(NOW, NOW + timedelta(seconds=late_s))


@pytest.mark.parametrize(
    ("asked_s", "lifetime"),
    [(None, 90 * DAY), (1, timedelta(seconds=1)), (180 * 86_400, 180 * DAY)],
)
def test_a_lifetime_within_180_days_is_granted(asked_s: int | None, lifetime: timedelta) -> None:
    assert check_lifetime(asked_s) == lifetime


@pytest.mark.parametrize("asked_s", [0, -1, 180 * 86_400 + 1, 10**12, 10**30])
def test_any_other_lifetime_is_refused(asked_s: int) -> None:
    with pytest.raises(InvalidValue, match="180 days") as refused:
        check_lifetime(asked_s)
    assert refused.value.field == "/expires_in"
