"""The language files beside this module: each read once per process."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from feedback_service.locales.matching import FALLBACK, by_preference, matched

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Language:
    """Every sentence of one language, placeholders unfilled; the fields are a file's members.

    anchors: question kind -> low and high end. points: scale -> name of each point, ascending.
    follow_up, thanks: for a "low", "middle" and "high" score.
    """

    locale: str
    name: str
    dir: Literal["ltr", "rtl"]
    questions: Mapping[str, str]
    tasks: Mapping[str, str]
    anchors: Mapping[str, Sequence[str]]
    points: Mapping[str, Sequence[str]]
    labels: Mapping[str, str]
    follow_up: Mapping[str, str]
    thanks: Mapping[str, str]
    ui: Mapping[str, str]
    page: Mapping[str, str]
    mail: Mapping[str, str]


@cache
def available_locales() -> tuple[str, ...]:
    """Return the locales there are files for, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def best_locale(wanted: Iterable[str | None]) -> str:
    """Return the locale to use, English when nothing fits.

    wanted: from the strongest wish to the weakest; each a tag or an Accept-Language header.
    """
    served = (_served(wish) for wish in wanted if wish)
    return next((locale for locale in served if locale is not None), FALLBACK)


def language(locale: str | None) -> Language:
    """Return the language that serves a locale best."""
    return _loaded(best_locale([locale]))


# Strangers choose what they send: the commonest wishes are remembered, not all of them.
@lru_cache(maxsize=1024)
def _served(wish: str) -> str | None:
    found = (matched(tag, available_locales()) for tag in by_preference(wish))
    return next((locale for locale in found if locale is not None), None)


@cache
def _loaded(locale: str) -> Language:
    text = (_FOLDER / f"{locale}.json").read_text(encoding="utf-8")
    return Language(locale=locale, **json.loads(text))
