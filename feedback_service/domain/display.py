"""How and when the widget asks a survey: what its owner may wish for together."""

from collections.abc import Mapping
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.scales import Scale

TRIGGERS: Final = ("load", "scroll", "exit", "click", "event", "manual")
POSITIONS: Final = ("bottom-right", "bottom-left", "bar", "center", "inline")
STYLES: Final = ("numbers", "names", "stars", "faces")
# Nobody tells seven faces apart.
_MOST_PICTURES: Final = 5

DEFAULTS: Final[Mapping[str, Any]] = {
    "trigger": "load",
    "after_s": 5,
    "position": "bottom-right",
    "sample_percent": 100,
    "again_after_days": 30,
}


def check_display(display: Mapping[str, Any], scale: Scale) -> None:
    """Raise InvalidValue unless the wishes fit one another and the scale."""
    wished = {**DEFAULTS, **display}
    for name, value, needed in (
        ("trigger", "click", "selector"),
        ("trigger", "event", "event"),
        ("position", "inline", "element"),
    ):
        if wished[name] == value and not wished.get(needed):
            raise InvalidValue(
                f"{name} {value!r} needs {needed}: add it beside", f"/display/{needed}"
            )
    first, last = wished.get("visits_from") or 1, wished.get("visits_to")
    if last is not None and last < first:
        raise InvalidValue(f"comes before visits_from, which is {first}", "/display/visits_to")
    if wished.get("style") in {"stars", "faces"} and not _can_be_pictures(scale):
        raise InvalidValue(
            f"stars and faces are for scales of at most {_MOST_PICTURES} points on which high is "
            f"good; {scale.name} takes numbers or names",
            "/display/style",
        )


def _can_be_pictures(scale: Scale) -> bool:
    return len(scale.points) <= _MOST_PICTURES and scale.direction == "high_is_good"
