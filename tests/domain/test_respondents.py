import pytest

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.respondents import (
    MAX_REF_LENGTH,
    MAX_TRAIT_LENGTH,
    MAX_TRAITS,
    check_ref,
    check_traits,
)


@pytest.mark.parametrize("ref", ["1", "cust_184467", "jo@example.com", "Łódź 7", "r" * 200])
def test_a_customers_own_id_is_taken(ref: str) -> None:
    check_ref(ref)


@pytest.mark.parametrize(
    "ref",
    [
        pytest.param("", id="empty"),
        pytest.param("r" * (MAX_REF_LENGTH + 1), id="too long"),
        pytest.param(" cust", id="a space before"),
        pytest.param("cust ", id="a space after"),
        pytest.param("cust\n", id="a line break"),
        pytest.param("cu\0st", id="NUL"),
        pytest.param("\ud800", id="half a character"),
    ],
)
def test_a_reference_that_could_not_be_used_everywhere_is_refused(ref: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_ref(ref)
    assert refused.value.field == "/respondent"


def test_traits_up_to_the_limits_are_taken() -> None:
    check_traits({})
    check_traits({f"t{number}": "v" * MAX_TRAIT_LENGTH for number in range(MAX_TRAITS)})
    check_traits({"n" * 64: ""})


@pytest.mark.parametrize(
    "traits",
    [
        pytest.param({f"t{number}": "v" for number in range(MAX_TRAITS + 1)}, id="too many"),
        pytest.param({"": "v"}, id="no name"),
        pytest.param({"n" * 65: "v"}, id="a long name"),
        pytest.param({"n\n": "v"}, id="a line break in the name"),
        pytest.param({"n": "v" * (MAX_TRAIT_LENGTH + 1)}, id="a long value"),
        pytest.param({"n": "a\0b"}, id="NUL in the value"),
    ],
)
def test_other_traits_are_refused(traits: dict[str, str]) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_traits(traits)
    assert refused.value.field == "/traits"
