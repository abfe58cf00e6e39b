"""Every kind of survey, as a site owner writes it; words of their own in three languages."""

from typing import Any, Final

Json = dict[str, Any]


def _said(english: str, arabic: str, japanese: str) -> Json:
    return {"en": english, "ar": arabic, "ja": japanese}


def _option(value: str, arabic: str, japanese: str) -> Json:
    return {"value": value, "text": _said(value.title(), arabic, japanese)}


_MORE: Final = [
    {
        "key": "via",
        "kind": "single",
        "text": _said("How did you find us?", "كيف وجدتنا؟", "どこで当店を知りましたか"),
        "options": [_option("friend", "صديق", "友人"), _option("advert", "إعلان", "広告")],
    },
    {
        "key": "used",
        "kind": "multiple",
        "text": _said("What did you use?", "ماذا استخدمت؟", "何を利用しましたか"),
        "options": [_option("search", "البحث", "検索"), _option("cart", "السلة", "カート")],
    },
    {"key": "role", "kind": "text", "text": _said("Your role", "دورك", "あなたの役割")},
    {
        "key": "speed",
        "kind": "scale",
        "text": _said("How fast were we?", "كم كنا سريعين؟", "対応の速さはいかがでしたか"),
        "show_if_band": ["detractor"],
    },
]
_LINK: Final = {
    "default": {
        "url": "https://reviews.example/shop",
        "text": _said("Write a review", "اكتب تقييمًا", "レビューを書く"),
    }
}
_DARK_BRAND: Final = {"accent": "#ffb454", "background": "#1d2433", "radius": "4px"}

KINDS: Final[dict[str, Json]] = {
    "nps": {"metric": "nps"},
    "nps-more": {"metric": "nps", "extra_questions": _MORE, "thanks_links": _LINK},
    "csat-names": {"metric": "csat", "display": {"style": "names"}},
    "csat-numbers": {"metric": "csat", "display": {"style": "numbers"}},
    "csat-stars": {"metric": "csat", "display": {"style": "stars"}},
    "csat-3-faces": {
        "metric": "csat",
        "scale": "satisfaction-3",
        "display": {"style": "faces"},
    },
    "csat-5-faces": {"metric": "csat", "display": {"style": "faces"}},
    "ces-names": {"metric": "ces", "display": {"style": "names"}},
    "ces-numbers": {"metric": "ces", "display": {"style": "numbers"}},
    "ces-ease-5": {"metric": "ces", "scale": "ease-5"},
    "ces-effort-5": {"metric": "ces", "scale": "effort-5", "display": {"style": "numbers"}},
    "ces-difficulty-7": {"metric": "ces", "scale": "difficulty-7"},
    "bar": {"metric": "nps", "display": {"position": "bar"}},
    "bar-stars": {"metric": "csat", "display": {"position": "bar", "style": "stars"}},
    "dialog": {"metric": "nps", "display": {"position": "center"}},
    "inline": {
        "metric": "csat",
        "display": {"position": "inline", "element": "#here", "style": "stars"},
    },
    "theme": {"metric": "nps", "theme": _DARK_BRAND, "display": {"position": "bottom-left"}},
}


# Asked unbidden, each on its own page of the site.
UNBIDDEN: Final[dict[str, Json]] = {
    "plain": {"metric": "nps", "display": {"pages": ["/live/plain/*"]}},
    "spa": {"metric": "csat", "display": {"pages": ["/cart"], "style": "stars"}},
    "strict": {"metric": "ces", "display": {"pages": ["/strict/*"]}},
}


def documents() -> list[Json]:
    """Return all surveys for `feedback-service survey apply`; KINDS wait for Feedback.show()."""
    manual = [
        {**document, "key": key, "display": {**document.get("display", {}), "trigger": "manual"}}
        for key, document in KINDS.items()
    ]
    unbidden = [
        {**document, "key": key, "display": {**document["display"], "after_s": 0}}
        for key, document in UNBIDDEN.items()
    ]
    return [*manual, *unbidden]
