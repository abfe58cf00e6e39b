"""What one survey says in one language: its own sentences over the language's defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from feedback_service.domain.measures.scales import BANDS
from feedback_service.domain.surveys import Definition
from feedback_service.locales.languages import Language, available_locales, best_locale, language
from feedback_service.locales.matching import FALLBACK, matched

__all__ = ["Point", "Wording", "available_locales", "best_locale", "filled", "wording_for"]

# Scale -> the kind of question it answers, which has a default question and anchors of its own.
_ANCHORS: Final = {
    "likelihood-11": "likelihood",
    "satisfaction-5": "satisfaction",
    "satisfaction-3": "satisfaction",
    "agreement-7": "agreement",
    "agreement-5": "agreement",
    "ease-7": "ease",
    "ease-5": "ease",
    "effort-5": "effort",
    "difficulty-7": "difficulty",
}
_QUESTIONS: Final = {"likelihood": "nps", "satisfaction": "csat", "difficulty": "ease"}
_LEVELS: Final = ("low", "middle", "high")
_PLACEHOLDER: Final = re.compile(r"\{([a-z]+)\}")
# A process meets its surveys times the languages people ask for; a few kB each.
_REMEMBERED: Final = 512


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the scale.

    label: what a screen reader says. text: its short visible name, None where the number does.
    """

    score: int
    label: str
    text: str | None
    follow_up: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything a respondent of one survey can read.

    follow_ups, thanks_texts: band name, or None before a score is known -> sentence.
    page: the survey page's own sentences; those about an answer keep a placeholder to fill.
    """

    locale: str
    dir: Literal["ltr", "rtl"]
    question: str
    low_label: str
    high_label: str
    points: tuple[Point, ...]
    follow_ups: Mapping[str | None, str]
    thanks_texts: Mapping[str | None, str]
    ui: Mapping[str, str]
    page: Mapping[str, str]

    def follow_up(self, band: str | None) -> str:
        """Return what to ask after a score of that band; None before there is one."""
        return self.follow_ups[band]

    def thanks(self, band: str | None) -> str:
        return self.thanks_texts[band]


def wording_for(definition: Definition, project_name: str, locale: str | None) -> Wording:
    """Return what a survey says in the language that serves a locale best."""
    return _remembered(_Same(definition), project_name, best_locale([locale]), locale or FALLBACK)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values into a sentence's {placeholders}, in one pass: a value may hold braces."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


class _Same:
    """A definition as a key of the cache: it holds mappings, so it is known by identity."""

    __slots__ = ("definition",)

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return id(self.definition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.definition is other.definition


@lru_cache(maxsize=_REMEMBERED)
def _remembered(same: _Same, project_name: str, served: str, wanted: str) -> Wording:
    definition, spoken = same.definition, language(served)
    kind = _ANCHORS[definition.scale.name]
    values = {
        "project": project_name,
        "subject": definition.subject or project_name,
        "task": definition.task or spoken.tasks.get(_question_name(kind), ""),
    }
    bands = BANDS[definition.metric]
    texts = definition.texts
    defaults: dict[str | None, str] = {None: spoken.follow_up["fallback"]}
    for band, level in zip(bands, _LEVELS, strict=True):
        defaults[band] = spoken.follow_up[level]
    follow_ups = {
        band: filled(_own_of_band(texts.follow_up, wanted, band) or default, values)
        for band, default in defaults.items()
    }
    thanks = {
        band: filled(_own_of_band(texts.thanks, wanted, band) or spoken.ui["thanks"], values)
        for band in defaults
    }
    low_label, high_label = spoken.anchors[kind]
    return Wording(
        locale=spoken.locale,
        dir=spoken.dir,
        question=filled(_question(definition, spoken, kind, wanted), values),
        low_label=low_label,
        high_label=high_label,
        points=_points(definition, spoken, kind, follow_ups),
        follow_ups=follow_ups,
        thanks_texts=thanks,
        ui={**spoken.ui, "comment_label": follow_ups[None]},
        page={name: filled(text, values) for name, text in spoken.page.items()},
    )


def _question_name(kind: str) -> str:
    return _QUESTIONS.get(kind, kind)


def _question(definition: Definition, spoken: Language, kind: str, wanted: str) -> str:
    own = _own(definition.texts.questions, wanted)
    if own is not None:
        return own
    if definition.metric == "nps" and definition.audience == "employee":
        return spoken.questions["enps"]
    return spoken.questions[_question_name(kind)]


def _points(
    definition: Definition, spoken: Language, kind: str, follow_ups: Mapping[str | None, str]
) -> tuple[Point, ...]:
    scale = definition.scale
    low, high = spoken.anchors[kind]
    ends = {scale.low: low, scale.high: high}
    spoken_names = spoken.points.get(scale.name)
    names = dict(zip(scale.points, spoken_names, strict=True)) if spoken_names else {}
    points = []
    for score in scale.points:
        said = names.get(score) or ends.get(score)
        pattern = spoken.labels["named_point" if said else "point"]
        values = {"score": str(score), "high": str(scale.high), "name": said or ""}
        points.append(
            Point(
                score=score,
                label=filled(pattern, values),
                text=names.get(score),
                follow_up=follow_ups[definition.bands.of_score[score]],
            )
        )
    return tuple(points)


def _own(texts: Mapping[str, str], wanted: str) -> str | None:
    """Return a survey's own sentence for a locale: in that language, else in English."""
    found = matched(wanted, texts) or matched(FALLBACK, texts)
    return None if found is None else texts[found]


def _own_of_band(
    texts: Mapping[str, Mapping[str, str]], wanted: str, band: str | None
) -> str | None:
    """Like `_own`, of what a survey says to one band, or to all of them."""
    fitting = {
        locale: said[name]
        for locale, said in texts.items()
        if (name := next((n for n in (band, "default") if n in said), None)) is not None
    }
    return _own(fitting, wanted)
