"""Questions beyond the score: what they are and which answers they take."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from feedback_service.domain.errors import InvalidValue

KINDS: Final = ("single", "multiple", "text", "scale")
MAX_QUESTIONS: Final = 10
MAX_TEXT_LENGTH: Final = 2_000
_SCALE: Final = range(11)


def check_questions(questions: Sequence[Mapping[str, Any]], bands: Sequence[str]) -> None:
    """Raise InvalidValue unless keys differ, choices have options and bands exist."""
    seen = set()
    for position, question in enumerate(questions):
        where = f"/extra_questions/{position}"
        if question["key"] in seen:
            raise InvalidValue(f"two questions have the key {question['key']!r}", f"{where}/key")
        seen.add(question["key"])
        options = question.get("options") or []
        if question["kind"] in {"single", "multiple"} and len(options) < 2:
            raise InvalidValue("a choice needs at least two options", f"{where}/options")
        if len({option["value"] for option in options}) != len(options):
            raise InvalidValue("two options have the same value", f"{where}/options")
        for band in question.get("show_if_band") or []:
            if band not in bands:
                raise InvalidValue(
                    f"no band {band!r}: use {', '.join(bands)}", f"{where}/show_if_band"
                )


def check_answers(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> None:
    """Raise InvalidValue for an answer to a question that is not asked or that does not fit it."""
    by_key = {question["key"]: question for question in questions}
    for key, answer in answers.items():
        question = by_key.get(key)
        if question is None:
            known = ", ".join(by_key) or "none"
            raise InvalidValue(
                f"this survey has no question {key!r} (it has: {known})", f"/answers/{key}"
            )
        fault = _fault(question, answer)
        if fault:
            raise InvalidValue(fault, f"/answers/{key}")


def _fault(question: Mapping[str, Any], answer: Any) -> str | None:
    """Return what is wrong with an answer. None takes an answer back and always fits."""
    values = [option["value"] for option in question.get("options") or []]
    match question["kind"]:
        case _ if answer is None:
            fault = None
        case "single" if answer not in values:
            fault = f"choose one of {', '.join(values)}"
        case "multiple" if not _all_different(answer, values):
            fault = f"send a list of different values from {', '.join(values)}"
        case "text" if not isinstance(answer, str) or len(answer) > MAX_TEXT_LENGTH:
            fault = f"send a text of at most {MAX_TEXT_LENGTH} characters"
        case "scale" if type(answer) is not int or answer not in _SCALE:
            fault = f"send a whole number from {_SCALE.start} to {_SCALE.stop - 1}"
        case _:
            fault = None
    return fault


def _all_different(answer: Any, values: Sequence[str]) -> bool:
    return (
        isinstance(answer, list)
        and all(one in values for one in answer)
        and len({str(one) for one in answer}) == len(answer)
    )
