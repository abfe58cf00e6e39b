import pytest

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.surveys import JOURNEY_STAGES, check_journey_stage, check_key
from tests.factories import definition


@pytest.mark.parametrize("key", ["nps", "a", "7", "post-purchase_2026", "k" * 64])
def test_a_plain_key_is_taken(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize(
    "key",
    ["", "NPS", "-nps", "nps-", "_nps", "n ps", "n/ps", "../nps", "nps\n", "ñps", "k" * 65],
)
def test_a_key_that_would_not_fit_a_url_is_refused(key: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_key(key)
    assert refused.value.field == "/key"


def test_the_stages_of_the_journey_are_taken_and_no_other() -> None:
    for stage in (*JOURNEY_STAGES, None):
        check_journey_stage(stage)
    with pytest.raises(InvalidValue, match="awareness"):
        check_journey_stage("delight")


def test_a_definition_carries_all_that_makes_a_figure_comparable() -> None:
    assert definition("nps").carried() == {
        "metric": "nps",
        "scale": "likelihood-11",
        "low": 0,
        "high": 10,
        "direction": "high_is_good",
        "bands": {"detractor": [0, 6], "passive": [7, 8], "promoter": [9, 10]},
        "denominator": "responses with a score, without test, excluded and unconfirmed ones",
    }


def test_effort_counts_the_other_way_round() -> None:
    carried = definition("ces", "effort-5").carried()
    assert carried["direction"] == "low_is_good"
    assert carried["bands"] == {
        "high_effort": [4, 5],
        "medium_effort": [3, 3],
        "low_effort": [1, 2],
    }
