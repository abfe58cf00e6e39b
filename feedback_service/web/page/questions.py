"""The extra questions of a survey as the page shows them: after the score, to whom they concern."""

from collections.abc import Mapping, Sequence
from typing import Any

from feedback_service.domain.surveys import Definition
from feedback_service.locales.matching import FALLBACK, matched
from feedback_service.web.page.form import EXTRA


def asked(definition: Definition, band: str | None) -> list[Mapping[str, Any]]:
    """Return the questions that are asked after a score of this band."""
    return [
        question
        for question in definition.extra_questions
        if not question.get("show_if_band") or band in question["show_if_band"]
    ]


def in_words(
    questions: Sequence[Mapping[str, Any]], locale: str, given: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what the template needs. given: answers so far, by key."""
    return [
        {
            "key": question["key"],
            "name": EXTRA + question["key"],
            "kind": question["kind"],
            "text": _own(question["text"], locale),
            "options": [
                {"value": option["value"], "text": _own(option["text"], locale)}
                for option in question.get("options") or []
            ],
            "given": given.get(question["key"]),
        }
        for question in questions
    ]


def _own(texts: Mapping[str, str], locale: str) -> str:
    """Return a text in that language, else in English, else in the first it was written in."""
    found = matched(locale, texts) or matched(FALLBACK, texts)
    return texts[found] if found else next(iter(texts.values()), "")
