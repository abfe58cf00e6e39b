"""The surveys a fake service asks, as their owner writes them: in the end all words are real."""

from typing import Any, Final

Json = dict[str, Any]

# Asked as soon as the page is there.
AT_ONCE: Final = {"after_s": 0}


def nps(**display: Any) -> Json:
    return {"key": "nps", "metric": "nps", "display": {**AT_ONCE, **display}}


def csat(**display: Any) -> Json:
    """Return a survey whose five points have names."""
    return {
        "key": "csat",
        "metric": "csat",
        "subject": "the checkout",
        "display": {**AT_ONCE, **display},
    }


def ces(**display: Any) -> Json:
    """Return a survey of seven numbers."""
    return {
        "key": "ces",
        "metric": "ces",
        "task": "return my order",
        "display": {**AT_ONCE, "style": "numbers", **display},
    }


def ces_named() -> Json:
    return ces(style="names")


def stars() -> Json:
    return csat(style="stars")


def faces() -> Json:
    return {**csat(style="faces"), "scale": "satisfaction-3"}


def effort() -> Json:
    """Return a survey on which a high score is bad."""
    return {**ces(), "scale": "effort-5"}


def bar() -> Json:
    return nps(position="bar")


def dialog() -> Json:
    return nps(position="center")


def inline() -> Json:
    return csat(position="inline", element="#here", style="stars")


def _option(value: str) -> Json:
    return {"value": value, "text": {"en": value.title(), "ar": "خيار"}}


def with_more(**display: Any) -> Json:
    """Return a survey with a question of each kind; the last one is for detractors only."""
    return {
        **nps(**display),
        "extra_questions": [
            {
                "key": "via",
                "kind": "single",
                "text": {"en": "How did you find us?"},
                "options": [_option("friend"), _option("advert")],
            },
            {
                "key": "used",
                "kind": "multiple",
                "text": {"en": "What did you use?"},
                "options": [_option("search"), _option("cart"), _option("chat")],
            },
            {"key": "role", "kind": "text", "text": {"en": "Your role"}},
            {
                "key": "speed",
                "kind": "scale",
                "text": {"en": "How fast were we?"},
                "show_if_band": ["detractor"],
            },
        ],
        "thanks_links": {
            "promoter": {"url": "https://reviews.example/shop", "text": {"en": "Write a review"}}
        },
    }
