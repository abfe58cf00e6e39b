"""What a survey's owner may wish for together, of how the widget asks."""

import pytest

from feedback_service.domain.display import check_display
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.scales import SCALES


@pytest.mark.parametrize(
    ("display", "field"),
    [
        pytest.param({"trigger": "click"}, "/display/selector", id="a click on what?"),
        pytest.param({"trigger": "event"}, "/display/event", id="which event?"),
        pytest.param({"position": "inline"}, "/display/element", id="inline in what?"),
        pytest.param({"visits_from": 3, "visits_to": 2}, "/display/visits_to", id="no visit fits"),
        pytest.param({"visits_to": 1, "visits_from": 2}, "/display/visits_to", id="none at all"),
    ],
)
def test_a_wish_that_cannot_come_true_is_refused(display: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_display(display, SCALES["likelihood-11"])
    assert refused.value.field == field


@pytest.mark.parametrize("style", ["stars", "faces"])
@pytest.mark.parametrize(
    ("scale", "fits"),
    [
        ("satisfaction-5", True),
        ("satisfaction-3", True),
        ("ease-5", True),
        ("likelihood-11", False),
        ("agreement-7", False),
        ("effort-5", False),
    ],
)
def test_pictures_are_for_short_scales_on_which_high_is_good(
    scale: str, fits: bool, style: str
) -> None:
    if fits:
        check_display({"style": style}, SCALES[scale])
        return
    with pytest.raises(InvalidValue, match="takes numbers or names") as refused:
        check_display({"style": style}, SCALES[scale])
    assert refused.value.field == "/display/style"


@pytest.mark.parametrize(
    "display",
    [
        {},
        {"trigger": "click", "selector": "#buy"},
        {"trigger": "event", "event": "bought"},
        {"position": "inline", "element": "#feedback"},
        {"visits_from": 2, "visits_to": 2},
        {"visits_to": 1},
    ],
)
def test_a_wish_that_can_come_true_is_taken(display: dict[str, object]) -> None:
    check_display(display, SCALES["likelihood-11"])
