"""A survey as the panel asks it: every word in one language, every look decided."""

from collections.abc import Mapping
from typing import Any, Final

from feedback_service.domain.display import DEFAULTS
from feedback_service.domain.measures.scales import BANDS
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Definition, Survey
from feedback_service.locales.matching import FALLBACK, matched
from feedback_service.locales.wording import Wording, wording_for
from feedback_service.web.widget.looks import icon, kind_of, style_of, style_sheet

# What the panel says by itself; the rest of the language's sentences stays here.
_TEXTS: Final = (
    "region",
    "close",
    "send",
    "later",
    "comment_placeholder",
    "saved",
    "error_offline",
    "error_refused",
)
_SCALE: Final = [{"value": score} for score in range(11)]


def config(project: Project, surveys: list[Survey], locale: str) -> dict[str, Any]:
    """Return surveys in the words of one language, as widget/src/wire.d.ts names them."""
    asked = [(survey, wording_for(survey.definition, project.name, locale)) for survey in surveys]
    names = {*_TEXTS}
    for survey in surveys:
        names |= _also(survey.definition)
    return {
        "locale": asked[0][1].locale if asked else locale,
        "dir": asked[0][1].dir if asked else "ltr",
        "texts": {name: asked[0][1].ui[name] for name in sorted(names)} if asked else {},
        "surveys": [_survey(survey, wording, locale) for survey, wording in asked],
    }


def _also(definition: Definition) -> set[str]:
    """Return the sentences only some surveys need."""
    kinds = {question["kind"] for question in definition.extra_questions}
    return ({"choose_many"} if "multiple" in kinds else set()) | (
        {"new_tab"} if definition.thanks_links else set()
    )


def _survey(survey: Survey, wording: Wording, locale: str) -> dict[str, Any]:
    definition = survey.definition
    wished = {**DEFAULTS, **definition.display}
    bands = BANDS[definition.metric]
    style = style_of(definition, wording)
    kind = kind_of(style, len(wording.points))
    return {
        "key": survey.key,
        "question": wording.question,
        "points": [
            {
                "value": point.score,
                "band": bands.index(definition.bands.of_score[point.score]),
                **_look(style, position, wording),
            }
            for position, point in enumerate(wording.points)
        ],
        "kind": kind,
        "ends": [] if style == "names" else [wording.low_label, wording.high_label],
        "bands": [
            {
                "name": band,
                "follow_up": wording.follow_up(band),
                "thanks": wording.thanks(band),
                **_link(definition, band, locale),
            }
            for band in bands
        ],
        "questions": [_question(question, locale) for question in definition.extra_questions],
        "position": wished["position"],
        **({"element": wished["element"]} if wished["position"] == "inline" else {}),
        "later": wished.get("later", wished["position"] != "inline"),
        "again_after_days": wished["again_after_days"],
        "css": style_sheet(definition, kind),
    }


def _look(style: str, position: int, wording: Wording) -> dict[str, str]:
    """Return what is seen and what is heard of a point."""
    point = wording.points[position]
    if style == "names" and point.text:
        # Readers count the radios of a group by themselves.
        return {"text": point.text}
    drawn = icon(style, position, len(wording.points))
    return {"label": point.label, **({"icon": drawn} if drawn else {})}


def _link(definition: Definition, band: str, locale: str) -> dict[str, Any]:
    link = definition.thanks_links.get(band) or definition.thanks_links.get("default")
    return {"link": {"url": link["url"], "text": _own(link["text"], locale)}} if link else {}


def _question(question: Mapping[str, Any], locale: str) -> dict[str, Any]:
    options = [
        {"value": option["value"], "text": _own(option["text"], locale)}
        for option in question.get("options") or []
    ]
    return {
        "key": question["key"],
        "kind": question["kind"],
        "text": _own(question["text"], locale),
        "options": _SCALE if question["kind"] == "scale" else options,
        "bands": question.get("show_if_band") or None,
    }


def _own(texts: Mapping[str, str], locale: str) -> str:
    """Return a text in that language, else in English, else in the first it was written in."""
    found = matched(locale, texts) or matched(FALLBACK, texts)
    return texts[found] if found else next(iter(texts.values()), "")
