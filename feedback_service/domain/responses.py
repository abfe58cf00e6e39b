"""A response and how an answer changes it: decided here, written elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from feedback_service.domain.access.tokens import Token
from feedback_service.domain.errors import InvalidValue, ResponseFinal
from feedback_service.domain.evidence import Suspicion, contradicts
from feedback_service.domain.extra_questions import check_answers
from feedback_service.domain.surveys import Definition, Survey

MAX_COMMENT_LENGTH: Final = 10_000
_NOTHING_SAID: Final[Mapping[str, Any]] = {
    "score": None,
    "band": None,
    "comment": None,
    "answers": {},
    "complete": False,
    "scored_at": None,
    "completed_at": None,
    "dismissed_at": None,
}
# A person corrects a slip a few times; a script that saves for ever is stopped.
MAX_SAVES: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sent. None means: not sent this time, so what was there stays.

    comment: "" takes an earlier comment back. answers: extra question key -> answer.
    withdrawn: takes back all that was said so far. suspicion: why it may not be a person's
    (evidence.py). page_at: of the page it was given on, None when a hand was seen there.
    """

    score: int | None = None
    comment: str | None = None
    answers: Mapping[str, Any] | None = None
    complete: bool = False
    dismissed: bool = False
    page_url: str | None = None
    locale: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    withdrawn: bool = False
    suspicion: Suspicion | None = None
    page_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A response as stored: one per token.

    band: name, or None without a score. saves: how often it was written.
    excluded: reason for leaving it out of every figure, or None.
    unconfirmed: why it may be a machine's: shown, but not counted and not told; None when it
    is believed.
    """

    id: str
    project_id: int
    survey_id: int
    version_id: int
    token_id: str
    channel: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    respondent: str | None = None
    touchpoint: str | None = None
    journey_stage: str | None = None
    campaign: str | None = None
    locale: str | None = None
    page_url: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    score: int | None = None
    band: str | None = None
    comment: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    complete: bool = False
    test: bool = False
    excluded: str | None = None
    scored_at: datetime | None = None
    completed_at: datetime | None = None
    dismissed_at: datetime | None = None
    saves: int = 1
    unconfirmed: Suspicion | None = None

    def editable_until(self, definition: Definition) -> datetime:
        """Return when it becomes final: a while after completion, else with its token.

        What a machine completed does not lock the person out.
        """
        if self.completed_at is None or self.unconfirmed is not None:
            return self.expires_at
        return self.completed_at + timedelta(seconds=definition.edit_window_s)


def first_response(
    token: Token, survey: Survey, answer: Answer, response_id: str, now: datetime
) -> Response:
    """Return the response that a token's first answer makes. Raises ScoreOutOfRange."""
    definition = survey.definition
    return Response(
        id=response_id,
        project_id=token.project_id,
        survey_id=survey.id,
        version_id=survey.version_id,
        token_id=token.token_id,
        channel=token.channel,
        created_at=now,
        updated_at=now,
        expires_at=token.expires_at,
        respondent=token.respondent,
        touchpoint=token.touchpoint or definition.touchpoint,
        journey_stage=definition.journey_stage,
        campaign=token.campaign,
        locale=token.locale or answer.locale,
        page_url=answer.page_url,
        traits={**answer.traits, **token.traits},
        test=token.test,
        unconfirmed=answer.suspicion,
        **_changes(None, definition, answer, now),
    )


def changed_response(
    before: Response, definition: Definition, answer: Answer, now: datetime
) -> Response:
    """Return the response after one more answer; `before` itself when nothing changes.

    Raises ResponseFinal after the edit window, ScoreOutOfRange, InvalidValue after too many saves.
    """
    if before.complete and now >= before.editable_until(definition):
        raise ResponseFinal
    changes = _believed_changes(before, definition, answer, now)
    if all(getattr(before, name) == value for name, value in changes.items()):
        return before
    if before.saves >= MAX_SAVES:
        raise InvalidValue("this response was changed too often")
    return replace(before, **changes, updated_at=now, saves=before.saves + 1)


def _believed_changes(
    before: Response, definition: Definition, answer: Answer, now: datetime
) -> dict[str, Any]:
    """Return the changes after weighing who made them.

    A machine changes nothing a person said, and a person's answer takes the place of a machine's.
    """
    believed = answer.suspicion is None
    if not believed and before.score is not None and before.unconfirmed is None:
        return {}
    if answer.withdrawn:
        return {**_NOTHING_SAID, "unconfirmed": None} if believed else {}
    if believed and answer.score is not None and before.score not in {None, answer.score}:
        definition.scale.check(answer.score)
        is_open = before.unconfirmed in {None, "several-scores"}
        if is_open and contradicts(answer.page_at, before.updated_at, now):
            return {"unconfirmed": "several-scores"}
    if believed and before.unconfirmed is not None and answer.score is not None:
        blank = replace(before, **_NOTHING_SAID)
        return {**_NOTHING_SAID, **_changes(blank, definition, answer, now), "unconfirmed": None}
    changes = _changes(before, definition, answer, now)
    return changes if believed else {**changes, "unconfirmed": answer.suspicion}


def _changes(
    before: Response | None, definition: Definition, answer: Answer, now: datetime
) -> dict[str, Any]:
    """Return the fields an answer sets; before: None for a first answer."""
    changes: dict[str, Any] = {}
    if answer.score is not None:
        definition.scale.check(answer.score)
        changes["score"] = answer.score
        changes["band"] = definition.bands.of_score[answer.score]
        changes["scored_at"] = (before and before.scored_at) or now
    if answer.comment is not None:
        changes["comment"] = answer.comment.strip() or None
    if answer.answers is not None:
        check_answers(definition.extra_questions, answer.answers)
        changes["answers"] = {k: v for k, v in answer.answers.items() if v is not None}
    if answer.complete and not (before and before.complete):
        changes["complete"] = True
        changes["completed_at"] = now
    if answer.dismissed and not (before and before.dismissed_at):
        changes["dismissed_at"] = now
    return changes
