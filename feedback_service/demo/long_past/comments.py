"""What people write, put together from parts, so that not all hundred thousand say the same."""

import random
from collections.abc import Mapping
from typing import Final, Literal

Feeling = Literal["bad", "middle", "good"]

# Theme -> feeling -> sentences. A theme becomes a tag.
THEMES: Final[Mapping[str, Mapping[Feeling, tuple[str, ...]]]] = {
    "delivery": {
        "bad": (
            "The parcel came {days} days late and nobody told me",
            "The driver left the {thing} in the rain",
            "It was delivered to the wrong house, for the second time",
        ),
        "middle": (
            "Delivery took {days} days, a message in between would have been nice",
            "It arrived, but a day after you said",
        ),
        "good": (
            "Arrived the next day, well packed",
            "The driver even carried the {thing} upstairs",
            "{days} days were promised, and it came in one",
        ),
    },
    "payment": {
        "bad": (
            "I was charged twice for the {thing}",
            "The payment failed {days} times before it went through",
            "Shipping costs only show up at the very last step",
        ),
        "middle": ("I would like to pay by invoice", "Paying took a step too many"),
        "good": ("Paying took seconds", "No account needed, thank you"),
    },
    "quality": {
        "bad": (
            "The {thing} broke after {days} days",
            "The lid of the {thing} arrived cracked",
            "The {thing} looks cheaper than in the pictures",
        ),
        "middle": (
            "The {thing} does what it should, the manual is thin",
            "Good {thing}, a little loud",
        ),
        "good": (
            "The {thing} is beautiful and pours without dripping",
            "My third {thing} from you, never a problem",
            "My sister has ordered a {thing} already",
        ),
    },
    "support": {
        "bad": (
            "I had to write {days} times to get my refund",
            "The chat sent me in circles",
            "Nobody could tell me where my {thing} was",
        ),
        "middle": ("Support was friendly, but had to ask back twice",),
        "good": (
            "Support answered within minutes",
            "A real person called me back about the {thing}, impressive",
        ),
    },
    "website": {
        "bad": (
            "The filter forgets everything when I go back",
            "I searched for the return form for {days} minutes",
            "Checkout lost my basket with the {thing} in it",
        ),
        "middle": ("Found the {thing} in the end, under a name I did not expect",),
        "good": (
            "Found the {thing} with the first search",
            "The size guide answered my question",
        ),
    },
}
_THINGS: Final = ("kettle", "toaster", "teapot", "grinder", "scale", "thermos", "milk jug", "mug")
_ENDS: Final = (".", ".", ".", ".", "!", ", order {order}.", ". I am a customer of {years} years.")
_RARE: Final = (
    "{first}. On top of that I waited a long time for an answer, and when it came it was about a "
    "different order altogether. I have been a customer for {years} years and would like somebody "
    "to call me, best in the afternoon. {second}. Thank you for reading all of this."
)


def made_up(rng: random.Random, feeling: Feeling, theme: str) -> str:
    """Return a comment; one in fifty is long."""
    first, second = (_sentence(rng, feeling, theme) for _ in range(2))
    if rng.random() < 0.02 and feeling == "bad":
        return _RARE.format(first=first, second=second, years=rng.randrange(2, 12))
    end = rng.choice(_ENDS).format(order=rng.randrange(10**5, 10**6), years=rng.randrange(2, 12))
    return first + end


def _sentence(rng: random.Random, feeling: Feeling, theme: str) -> str:
    text = rng.choice(THEMES[theme][feeling])
    return text.format(days=rng.randrange(2, 15), thing=rng.choice(_THINGS))
