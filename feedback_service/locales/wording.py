"""What one survey says in one language: its own sentences over the language's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from feedback_service.domain.measures.scales import BANDS
from feedback_service.domain.surveys import Definition
from feedback_service.locales.filling import filled
from feedback_service.locales.languages import Language, available_locales, best_locale, language
from feedback_service.locales.matching import FALLBACK, matched
from feedback_service.locales.points import ANCHORS, Point, points_in_words

__all__ = ["Point", "Wording", "available_locales", "best_locale", "filled", "wording_for"]

_QUESTIONS: Final = {"likelihood": "nps", "satisfaction": "csat", "difficulty": "ease"}
_LEVELS: Final = ("low", "middle", "high")
# A process meets its surveys times the languages people ask for; a few kB each.
_REMEMBERED: Final = 512


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything a respondent of one survey can read.

    follow_ups, thanks_texts: band name, or None before a score is known -> sentence.
    page, mail: the survey page's and the mail block's own sentences; what only the moment knows
    (an answer, minutes left) stays a placeholder to fill.
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
    mail: Mapping[str, str]

    def follow_up(self, band: str | None) -> str:
        """Return what to ask after a score of that band; None before there is one."""
        return self.follow_ups[band]

    def thanks(self, band: str | None) -> str:
        return self.thanks_texts[band]


def wording_for(definition: Definition, project_name: str, locale: str | None) -> Wording:
    """Return what a survey says in the language that serves a locale best."""
    return _remembered(_Same(definition), project_name, best_locale([locale]), locale or FALLBACK)


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
    kind = ANCHORS[definition.scale.name]
    values = {
        "project": project_name,
        "subject": definition.subject or project_name,
        "task": definition.task or spoken.tasks.get(_question_name(kind), ""),
    }
    texts = definition.texts
    by_level = dict(zip(_LEVELS, BANDS[definition.metric], strict=True))
    asked = {by_level.get(level): text for level, text in spoken.follow_up.items()}
    thanked: dict[str | None, str] = {None: spoken.ui["thanks"]}
    thanked |= {by_level[level]: text for level, text in spoken.thanks.items()}
    follow_ups = _by_band(asked, texts.follow_up, wanted, values)
    thanks = _by_band(thanked, texts.thanks, wanted, values)
    low_label, high_label = spoken.anchors[kind]
    return Wording(
        locale=spoken.locale,
        dir=spoken.dir,
        question=filled(_question(definition, spoken, kind, wanted), values),
        low_label=low_label,
        high_label=high_label,
        points=points_in_words(
            definition.scale,
            spoken,
            {score: follow_ups[band] for score, band in definition.bands.of_score.items()},
        ),
        follow_ups=follow_ups,
        thanks_texts=thanks,
        ui={**spoken.ui, "comment_label": follow_ups[None]},
        page={name: filled(text, values) for name, text in spoken.page.items()},
        mail={name: filled(text, values) for name, text in spoken.mail.items()},
    )


def _by_band(
    defaults: Mapping[str | None, str],
    own: Mapping[str, Mapping[str, str]],
    wanted: str,
    values: Mapping[str, str],
) -> dict[str | None, str]:
    """Return what to say per band, None for before there is one: the survey's words, or ours."""
    return {
        band: filled(_own_of_band(own, wanted, band) or default, values)
        for band, default in defaults.items()
    }


def _question_name(kind: str) -> str:
    return _QUESTIONS.get(kind, kind)


def _question(definition: Definition, spoken: Language, kind: str, wanted: str) -> str:
    own = _own(definition.texts.questions, wanted)
    if own is not None:
        return own
    if definition.metric == "nps" and definition.audience == "employee":
        return spoken.questions["enps"]
    return spoken.questions[_question_name(kind)]


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
