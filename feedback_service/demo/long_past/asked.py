"""What the shop with a long past asks, of whom, and how well it does there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Topic:
    """document: of the survey, None for one that every demo has.

    share: of all answers. mood: how content people are on the whole, in standard deviations.
    channels, touchpoints: which there are, each with its weight; None keeps the survey's own.
    """

    share: float
    mood: float
    channels: Mapping[str, int]
    document: Mapping[str, Any] | None = None
    touchpoints: Mapping[str | None, int] | None = None


_AT_ONCE: Final = {"settle_s": 5, "display": {"trigger": "manual"}}

TOPICS: Final[Mapping[str, Topic]] = {
    "nps": Topic(
        0.3,
        1.15,
        {"email": 60, "widget": 30, "sms": 10},
        touchpoints={"newsletter": 5, "app": 3, "store": 2},
    ),
    "csat": Topic(0.22, 1.1, {"widget": 85, "link": 15}),
    "ces": Topic(0.13, 0.9, {"email": 50, "api": 30, "widget": 20}),
    "find-ces": Topic(
        0.1,
        1.0,
        {"widget": 100},
        {
            "metric": "ces",
            "scale": "ease-7",
            "task": "find the right kettle",
            "touchpoint": "search",
            "journey_stage": "discovery",
            **_AT_ONCE,
        },
    ),
    "delivery-csat": Topic(
        0.16,
        0.85,
        {"sms": 55, "email": 45},
        {
            "metric": "csat",
            "subject": "the delivery",
            "touchpoint": "delivery",
            "journey_stage": "use",
            **_AT_ONCE,
        },
    ),
    "returns-ces": Topic(
        0.06,
        0.35,
        {"email": 80, "link": 20},
        {
            "metric": "ces",
            "task": "send something back",
            "touchpoint": "returns",
            "journey_stage": "support",
            **_AT_ONCE,
        },
    ),
    "club-nps": Topic(
        0.025,
        1.6,
        {"email": 100},
        {
            "metric": "nps",
            "subject": "the Kettle Club",
            "touchpoint": "club",
            "journey_stage": "renewal",
            **_AT_ONCE,
        },
    ),
    "team": Topic(
        0.005,
        0.95,
        {"email": 100},
        {"metric": "nps", "audience": "employee", "subject": "Demo Shop", **_AT_ONCE},
        touchpoints={"warehouse": 5, "office": 3, "support": 1},
    ),
}
# Trait -> value -> (weight, effect on the mood).
TRAITS: Final[Mapping[str, Mapping[str, tuple[int, float]]]] = {
    "plan": {"free": (6, -0.05), "plus": (3, 0.1), "pro": (1, 0.35)},
    "region": {"north": (3, 0.0), "south": (3, 0.05), "east": (2, -0.35), "west": (2, 0.1)},
}
LOCALES: Final = {"en": 70, "de": 15, "fr": 10, "es": 5}
