"""Made-up answers for the demo: how people score, and what they write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sample:
    """answers: how many. weights: how often each score comes, from the lowest on.

    comments: band -> what people of that band write.
    """

    answers: int
    weights: tuple[int, ...]
    comments: Mapping[str, tuple[str, ...]]


# How often somebody writes a comment, by place of the band: bad, middling, good.
COMMENT_RATES: Final = (0.6, 0.3, 0.35)

SAMPLES: Final = {
    "nps": Sample(
        140,
        (2, 1, 1, 2, 2, 5, 6, 13, 20, 22, 26),
        {
            "detractor": (
                "The parcel came nine days late and nobody told me.",
                "The kettle is fine, but the lid arrived cracked.",
                "Shipping costs only show up at the very last step.",
                "I had to write three times to get my refund.",
                "It looks cheaper than in the pictures.",
            ),
            "passive": (
                "Good product, delivery could be faster.",
                "Does what it should. The manual is thin.",
                "Fine, but I found it cheaper elsewhere afterwards.",
                "Please offer more colours.",
            ),
            "promoter": (
                "My sister has ordered one already!",
                "Arrived the next day, well packed.",
                "Support answered within minutes. Impressive.",
                "Third order, never a problem.",
                "Beautiful, and it pours without dripping.",
            ),
        },
    ),
    "csat": Sample(
        90,
        (4, 7, 14, 38, 37),
        {
            "dissatisfied": (
                "The payment failed twice and I was charged twice.",
                "Half of my order is missing.",
                "I could not change the address after ordering.",
            ),
            "neutral": (
                "It went all right, but there were a lot of steps.",
                "I would like to pay by invoice.",
            ),
            "satisfied": (
                "Quick and clear.",
                "Loved the handwritten note in the box.",
                "No account needed, thank you!",
                "Exactly what I ordered, on time.",
            ),
        },
    ),
    "ces": Sample(
        70,
        (4, 5, 7, 10, 19, 30, 25),
        {
            "high_effort": (
                "I searched for the return form for half an hour.",
                "The chat sent me in circles.",
                "The filter forgets everything when I go back.",
            ),
            "medium_effort": (
                "Found it in the end, under a name I did not expect.",
                "The search does not know spare parts.",
            ),
            "low_effort": (
                "Found it with the first search.",
                "The size guide answered my question.",
                "Very clear help pages.",
            ),
        },
    ),
}
