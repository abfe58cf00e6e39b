"""The survey page of one token in all its states: asks, asks again, asks why, thanks, is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

from flask import render_template, request, url_for

from feedback_service.domain.evidence import Suspicion
from feedback_service.domain.responses import MAX_COMMENT_LENGTH, Answer
from feedback_service.domain.surveys import Definition
from feedback_service.locales.wording import Point, Wording, best_locale, filled, wording_for
from feedback_service.usecases.look import Seen
from feedback_service.web.page import kiosk, notices, questions
from feedback_service.web.page.form import Sent, score_of
from feedback_service.web.page.headers import wear

# Answers given long ago may be changed as long as the link lives: minutes would say nothing then.
_WORTH_TELLING_MINUTES: Final = 120


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was made of a press: why it may be a machine's; page_at as in Answer."""

    suspicion: Suspicion | None
    page_at: datetime | None


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """token: None on an open link. nonce: of the page that is being made.

    action: where its form goes, when that is not its own address.
    """

    token: str | None
    known: Seen
    wording: Wording
    nonce: str
    action: str | None

    @classmethod
    def of(
        cls, token: str | None, known: Seen, nonce: str, action: str | None = None
    ) -> "SurveyPage":
        """Return the page in the language asked for and the survey's colours."""
        wear(known.survey.definition.theme)
        wishes = (request.args.get("locale"), known.token.locale, *notices.browser_wishes())
        wording = wording_for(known.survey.definition, known.project.name, best_locale(wishes))
        return cls(token, known, wording, nonce, action)

    @property
    def definition(self) -> Definition:
        return self.known.survey.definition

    @property
    def saved(self) -> int | None:
        return self.known.response.score if self.known.response else None

    @property
    def is_doubted(self) -> bool:
        """Whether what was said so far waits for a person to confirm it."""
        return self.known.response is not None and self.known.response.unconfirmed is not None

    def url(self, **more: Any) -> str:
        """Return the page's own address; a language asked for stays asked for."""
        asked = request.args.get("locale")
        return url_for(
            "page.survey",
            token=self.token,
            locale=best_locale([asked]) if asked else None,
            kiosk=kiosk.site_key(),
            **more,
        )

    def now_due(self, now: datetime) -> str:
        """Return the page in the state its token is in."""
        response, saved = self.known.response, self.saved
        if not self.known.editable:
            return self.answered()
        asked = score_of(request.args.get("score"), self.definition.scale)
        if response is None or saved is None:
            is_undone = response is not None and "undone" in request.args
            return self.undone() if is_undone else self.ask(asked)
        if self.is_doubted or asked not in {None, saved}:
            return self.ask(saved if asked is None else asked, is_doubted=self.is_doubted)
        if response.complete and "edit" not in request.args:
            return self.thanks(now)
        return self.why(saved, {"comment": response.comment or "", **response.answers})

    def ask(
        self, score: int | None, *, problem: str | None = None, is_doubted: bool = False
    ) -> str:
        """Ask for the score. A score that came with the link is only waiting for a press."""
        came = score is not None and not is_doubted and problem is None
        gesture = self.definition.capture == "gesture" and came and self.saved is None
        words = self.wording.page
        return self._rendered(
            "page/ask.html",
            chosen=self._point(score),
            problem=problem,
            is_doubted=is_doubted,
            sends_itself=gesture,
            hint=words["gesture_text"] if gesture else words["confirm_text"] if came else None,
            label=words["confirm"] if came or is_doubted else self.wording.ui["send"],
        )

    def why(
        self, score: int | None, given: Mapping[str, Any], *, problem: str | None = None
    ) -> str:
        """Ask for the reason, and the extra questions. given: "comment" and answers by key."""
        point = self._point(score)
        band = self.definition.bands.of_score[score] if score is not None else None
        label = point.label if point else ""
        extra = questions.asked(self.definition, band)
        return self._rendered(
            "page/why.html",
            chosen=point,
            your_answer=filled(self.wording.page["your_answer"], {"answer": label}),
            follow_up=point.follow_up if point else self.wording.follow_up(None),
            comment=given.get("comment") or "",
            max_length=MAX_COMMENT_LENGTH,
            questions=questions.in_words(extra, self.wording.locale, given),
            problem=problem,
            is_saved=problem is None and "edit" not in request.args,
        )

    def again(self, given: Sent, problem: str) -> str:
        """Return the form with everything that was typed into it."""
        score = self.saved if given.score is None else given.score
        if given.comment is None and not given.complete:
            return self.ask(score, problem=problem)
        return self.why(score, {"comment": given.comment, **(given.answers or {})}, problem=problem)

    def thanks(self, now: datetime) -> str:
        response = self.known.response
        assert response is not None, "thanks are for an answer"
        left_s = (response.editable_until(self.definition) - now).total_seconds()
        minutes = ceil(left_s / 60)
        told = minutes if minutes <= _WORTH_TELLING_MINUTES else None
        return self._rendered(
            "page/thanks.html",
            thanks=self.wording.thanks(response.band),
            minutes=filled(self.wording.page["editable_minutes"], {"minutes": str(told)})
            if told
            else None,
            edit_url=self.url(edit=1),
        )

    def undone(self) -> str:
        return notices.page("undone", self.wording.locale, project=self._project, url=self.url())

    def answered(self) -> str:
        return notices.page("answered", self.wording.locale, project=self._project)

    def asks_more(self, given: Sent) -> bool:
        """Tell whether the score given asks questions that the form did not hold."""
        return bool(self._asked_of(given).keys() - (given.answers or {}).keys())

    def answer(self, given: Sent, weighed: Weighed) -> Answer:
        """Return what the form holds as an answer to collect.

        Answers so far stay, but those that a corrected score no longer asks for.
        """
        before = self.known.response.answers if self.known.response else {}
        said = {**before, **(given.answers or {})}
        asked = self._asked_of(given)
        return Answer(
            score=given.score,
            comment=given.comment,
            answers={key: said[key] for key in asked if key in said} if said else None,
            complete=given.complete,
            locale=self.wording.locale,
            suspicion=weighed.suspicion,
            page_at=weighed.page_at,
        )

    def _asked_of(self, given: Sent) -> Mapping[str, Any]:
        score = self.saved if given.score is None else given.score
        band = self.definition.bands.of_score[score] if score is not None else None
        return {question["key"]: question for question in questions.asked(self.definition, band)}

    @property
    def _project(self) -> str:
        return self.known.project.name

    def _point(self, score: int | None) -> Point | None:
        return next((point for point in self.wording.points if point.score == score), None)

    def _rendered(self, template: str, **values: Any) -> str:
        return render_template(
            template,
            wording=self.wording,
            project=self._project,
            action=self.action or self.url(),
            nonce=self.nonce,
            trap_url=self.token and url_for("page.trap", token=self.token, page=self.nonce),
            **values,
        )
