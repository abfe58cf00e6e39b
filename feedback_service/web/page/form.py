"""What a person sent with the survey page's form, before anybody judged it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from werkzeug.datastructures import Headers, MultiDict

from feedback_service.domain.evidence import DOERS, Doer, Press
from feedback_service.domain.extra_questions import MAX_QUESTIONS, MAX_TEXT_LENGTH
from feedback_service.domain.measures.scales import Scale
from feedback_service.domain.responses import MAX_COMMENT_LENGTH
from feedback_service.domain.surveys import Definition
from feedback_service.locales.wording import Wording, filled

# The longest texts in the dearest characters: 4 bytes each, three characters per byte.
MAX_FORM_BYTES: Final = 12 * (MAX_COMMENT_LENGTH + MAX_QUESTIONS * MAX_TEXT_LENGTH) + 16_384
# Before the key of an extra question, whose answer might else be named like a field of ours.
EXTRA: Final = "q."


@dataclass(frozen=True, slots=True)
class Sent:
    """score: None when none, or none of the scale, was chosen. comment: None when not asked.

    answers: of the extra questions the form held, None when it held none. by: what the page's
    script saw (evidence.py).
    """

    score: int | None
    comment: str | None
    complete: bool
    off_scale: bool
    answers: Mapping[str, Any] | None = None
    by: Doer = "unknown"

    def problem(self, wording: Wording, *, scored_before: bool) -> str | None:
        """Return the sentence that says what to mend, None when all is well."""
        if self.off_scale or (self.score is None and not scored_before):
            return wording.page["choose"]
        if self.comment is not None and len(self.comment) > MAX_COMMENT_LENGTH:
            return filled(wording.page["comment_too_long"], {"max": str(MAX_COMMENT_LENGTH)})
        texts = [text for text in (self.answers or {}).values() if isinstance(text, str)]
        if any(len(text) > MAX_TEXT_LENGTH for text in texts):
            return filled(wording.page["answer_too_long"], {"max": str(MAX_TEXT_LENGTH)})
        return None


def sent(form: MultiDict[str, str], definition: Definition) -> Sent:
    """Read the form."""
    chosen = form.get("score")
    score = score_of(chosen, definition.scale)
    by = form.get("by")
    held = form.getlist("asked")
    questions = [question for question in definition.extra_questions if question["key"] in held]
    return Sent(
        score=score,
        comment=_text(form.get("comment")),
        complete="complete" in form,
        off_scale=bool(chosen) and score is None,
        answers={q["key"]: _answer(q["kind"], form, EXTRA + q["key"]) for q in questions} or None,
        by=next((doer for doer in DOERS if doer == by), "unknown"),
    )


def pressed(given: Sent, page_at: datetime | None, headers: Headers) -> Press:
    """Return how the form was sent. page_at: as in Press."""
    by_browser = "Accept-Language" in headers or "Sec-Fetch-Mode" in headers
    return Press(page_at, given.by, by_browser=by_browser)


def score_of(text: str | None, scale: Scale) -> int | None:
    """Return the score a text names, None when it names none of this scale."""
    number = _number(text)
    return number if number in scale.points else None


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 2:
        return None
    return int(text)


def _answer(kind: str, form: MultiDict[str, str], name: str) -> Any:
    """Return the answer to an extra question, None when there is none."""
    match kind:
        case "multiple":
            return list(dict.fromkeys(form.getlist(name))) or None
        case "scale":
            return _number(form.get(name))
        case "text":
            return (_text(form.get(name)) or "").strip() or None
        case _:
            return form.get(name) or None


def _text(text: str | None) -> str | None:
    """Browsers send CR LF for what they counted as one character; PostgreSQL stores no NUL."""
    return None if text is None else text.replace("\r\n", "\n").replace("\0", "")
