from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.access.signer import TokenSigner
from feedback_service.domain.errors import TokenInvalid

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
OLD, NEW, OTHER = ("old-" * 10, "new-" * 10, "other-" * 10)
SIGNER = TokenSigner([NEW])


@given(st.binary(max_size=200))
def test_what_was_signed_comes_back(payload: bytes) -> None:
    assert SIGNER.unsign(SIGNER.sign(payload)) == payload


@given(payload=st.binary(min_size=1, max_size=60), data=st.data())
def test_a_changed_character_is_refused(payload: bytes, data: st.DataObject) -> None:
    text = SIGNER.sign(payload)
    position = data.draw(st.integers(0, len(text) - 1))
    changed = (
        text[:position] + data.draw(st.sampled_from(ALPHABET + ".=+/ \n\0é")) + text[position + 1 :]
    )
    if changed != text:
        with pytest.raises(TokenInvalid):
            SIGNER.unsign(changed)


@given(payload=st.binary(min_size=1, max_size=60), data=st.data())
def test_a_truncated_text_is_refused(payload: bytes, data: st.DataObject) -> None:
    text = SIGNER.sign(payload)
    with pytest.raises(TokenInvalid):
        SIGNER.unsign(text[: data.draw(st.integers(0, len(text) - 1))])


@pytest.mark.parametrize("more", ["A", "=", "==", ".", ".A", "\n", " ", "\0"])
def test_an_extended_text_is_refused(more: str) -> None:
    text = SIGNER.sign(b"payload")
    for extended in (text + more, more + text):
        with pytest.raises(TokenInvalid):
            SIGNER.unsign(extended)


@given(st.binary(min_size=1, max_size=40))
def test_another_spelling_of_the_same_bytes_is_refused(payload: bytes) -> None:
    """Base64 has spare bits in the last character of most lengths; only zeros are ours."""
    text = SIGNER.sign(payload)
    for part in text.split("."):
        for spelling in _other_spellings(part):
            with pytest.raises(TokenInvalid):
                SIGNER.unsign(text.replace(part, spelling))


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "=.=", "é.é", "\ud800.x", "a" * 3000])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(TokenInvalid):
        SIGNER.unsign(text)


def test_a_text_signed_before_a_rotation_still_verifies() -> None:
    before = TokenSigner([OLD])
    after = TokenSigner([NEW, OLD])
    assert after.unsign(before.sign(b"payload")) == b"payload"


def test_after_a_rotation_the_newest_key_signs() -> None:
    after = TokenSigner([NEW, OLD])
    assert TokenSigner([NEW]).unsign(after.sign(b"payload")) == b"payload"
    with pytest.raises(TokenInvalid):
        TokenSigner([OLD]).unsign(after.sign(b"payload"))


def test_a_text_signed_with_a_dropped_key_is_refused() -> None:
    with pytest.raises(TokenInvalid):
        TokenSigner([NEW]).unsign(TokenSigner([OLD]).sign(b"payload"))


def test_a_text_of_another_installation_is_refused() -> None:
    with pytest.raises(TokenInvalid):
        SIGNER.unsign(TokenSigner([OTHER]).sign(b"payload"))


def test_the_signature_has_128_bits() -> None:
    assert len(SIGNER.sign(b"payload").rpartition(".")[2]) == 22


def _other_spellings(part: str) -> list[str]:
    """Return the texts that a lenient decoder reads as the same bytes."""
    spare_bits = {2: 4, 3: 2}.get(len(part) % 4, 0)
    last = ALPHABET.index(part[-1])
    spellings = [part[:-1] + ALPHABET[last + bits] for bits in range(1, 1 << spare_bits)]
    padded = part + "=" * (-len(part) % 4)
    return [*spellings, *([padded] if padded != part else [])]


def test_the_other_spellings_are_real_ones() -> None:
    part = urlsafe_b64encode(b"x").rstrip(b"=").decode()
    assert len(_other_spellings(part)) == 16
