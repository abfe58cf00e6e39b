"""What a person sent with the survey page's form, before anybody judged it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from feedback_service.domain.measures.scales import Scale
from feedback_service.domain.responses import MAX_COMMENT_LENGTH
from feedback_service.locales.wording import Wording, filled

# The longest comment in the dearest characters: 4 bytes each, three characters per byte.
MAX_FORM_BYTES: Final = 12 * MAX_COMMENT_LENGTH + 8_192


@dataclass(frozen=True, slots=True)
class Sent:
    """score: None when none, or none of the scale, was chosen. comment: None when not asked."""

    score: int | None
    comment: str | None
    complete: bool
    off_scale: bool

    def problem(self, wording: Wording, *, scored_before: bool) -> str | None:
        """Return the sentence that says what to mend, None when all is well."""
        if self.off_scale or (self.score is None and not scored_before):
            return wording.page["choose"]
        if self.comment is not None and len(self.comment) > MAX_COMMENT_LENGTH:
            return filled(wording.page["comment_too_long"], {"max": str(MAX_COMMENT_LENGTH)})
        return None


def sent(form: Mapping[str, str], scale: Scale) -> Sent:
    """Read the form."""
    chosen = form.get("score")
    comment = form.get("comment")
    if comment is not None:
        # Browsers send CR LF for what they counted as one character; PostgreSQL stores no NUL.
        comment = comment.replace("\r\n", "\n").replace("\0", "")
    score = score_of(chosen, scale)
    return Sent(
        score=score,
        comment=comment,
        complete="complete" in form,
        off_scale=bool(chosen) and score is None,
    )


def score_of(text: str | None, scale: Scale) -> int | None:
    """Return the score a text names, None when it names none of this scale."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 2:
        return None
    return int(text) if int(text) in scale.points else None
