"""The survey page for people with a link: one form, without JavaScript.

A GET shows and never answers: scanners and previews open every link. Answers come by POST, and how
they come tells a person from a machine (domain/evidence.py).
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from feedback_service.domain.errors import InvalidValue, ResponseFinal
from feedback_service.domain.responses import Answer
from feedback_service.usecases.collect import collect_response
from feedback_service.usecases.look import seen
from feedback_service.usecases.visiting.judge import (
    judge_press,
    note_person,
    opening_of,
    trap_opening,
)
from feedback_service.web.audiences import for_token_holders, service
from feedback_service.web.clock import now
from feedback_service.web.page import kiosk, notices, open_links, unsubscribing
from feedback_service.web.page.assets import KIOSK_SCRIPT, SCRIPT, STYLES
from feedback_service.web.page.form import MAX_FORM_BYTES, Sent, pressed, score_of, sent
from feedback_service.web.page.headers import logo, protect, worn
from feedback_service.web.page.nonce import page_made_at, page_nonce
from feedback_service.web.page.survey_page import SurveyPage, Weighed

blueprint: Final = Blueprint("page", __name__, template_folder="templates")
blueprint.after_request(protect)
blueprint.context_processor(
    lambda: {
        "page_styles": STYLES,
        "page_script": SCRIPT,
        "kiosk_script": KIOSK_SCRIPT,
        "theme_css": worn(),
        "logo": logo(),
        "home": kiosk.home(),
        "kiosk_thanks_s": kiosk.THANKS_S,
        "kiosk_idle_s": kiosk.IDLE_S,
    }
)
notices.install(blueprint)
open_links.install(blueprint)
unsubscribing.install(blueprint)


@blueprint.get("/s/<token>")
@for_token_holders
def survey(token: str) -> Response:
    """Show the survey, or what the token has answered while that may still be changed.

    That the link was opened is noted when the page has left, as a bare count.
    """
    at = now()
    known = seen(service(), token, at)
    kiosk.lead_home_of(known.token)
    page = SurveyPage.of(token, known, page_nonce(service().signer, token, at))
    reply = make_response(page.now_due(at))
    asked = score_of(request.args.get("score"), page.definition.scale)
    opening = opening_of(known, asked, head=request.method == "HEAD", now=at)
    openings = service().openings
    reply.call_on_close(lambda: openings.note(opening))
    return reply


@blueprint.get("/s/<token>/<page>")
@for_token_holders
def trap(token: str, page: str) -> Response:
    """Note that the link on a page was followed that no person can see, and show the survey."""
    at = now()
    seen(service(), token, at)
    reply = redirect(url_for("page.survey", token=token), 303)
    if page_made_at(service().signer, token, page) is not None:
        opening = trap_opening(page, at)
        openings = service().openings
        reply.call_on_close(lambda: openings.note(opening))
    return reply


@blueprint.post("/s/<token>/<page>")
@for_token_holders
def touched(token: str, page: str) -> Response:
    """Count that a hand was seen on the page; the page's script says so, once."""
    at = now()
    known = seen(service(), token, at)
    reply = Response(status=204)
    if page_made_at(service().signer, token, page) is not None:
        running = service()
        reply.call_on_close(lambda: note_person(running, known, at))
    return reply


@blueprint.post("/s/<token>")
@for_token_holders
def answer(token: str) -> Response | tuple[str, int]:
    """Save what the form holds and go back to the page, which then shows it."""
    request.max_content_length = MAX_FORM_BYTES
    at = now()
    signer = service().signer
    known = seen(service(), token, at)
    kiosk.lead_home_of(known.token)
    page = SurveyPage.of(token, known, page_nonce(signer, token, at))
    if not known.editable:
        return page.answered(), 409
    given = sent(request.form, page.definition)
    nonce = request.form.get("nonce", "")
    press = pressed(given, page_made_at(signer, token, nonce), request.headers)
    suspicion = judge_press(service(), known, press, nonce, at)
    weighed = Weighed(suspicion, None if given.by == "hand" else press.page_at)
    try:
        if "undo" in request.form:
            withdrawal = Answer(withdrawn=True, suspicion=suspicion)
            collect_response(service(), token, withdrawal, at)
            return redirect(page.url(undone=1), 303)
        return _saved(page, given, weighed, at)
    except ResponseFinal:
        return page.answered(), 409


def _saved(
    page: SurveyPage, given: Sent, weighed: Weighed, at: datetime
) -> Response | tuple[str, int]:
    """Save, and go back to the page; with the form again when something is to be mended."""
    problem = given.problem(page.wording, scored_before=page.saved is not None)
    if problem is not None:
        return page.again(given, problem), 422
    asks_more = given.complete and page.asks_more(given)
    if asks_more:
        given = replace(given, complete=False)
    assert page.token is not None, "only an open link has no token yet"
    try:
        collected = collect_response(service(), page.token, page.answer(given, weighed), at)
    except InvalidValue as error:
        is_extra = (error.field or "").startswith("/answers")
        words = page.wording
        problem = words.page["check_answers"] if is_extra else words.ui["error_refused"]
        return page.again(given, problem), 422
    was_ignored = collected.response == page.known.response and not page.is_doubted
    if weighed.suspicion is not None and was_ignored:
        # A machine changes nothing a person said; a person in a hurry is asked once more.
        return page.again(given, page.wording.page["unconfirmed_title"]), 422
    reply = redirect(page.url(edit=1) if asks_more else page.url(), 303)
    if weighed.suspicion is None and page.saved is None:
        running = service()
        reply.call_on_close(lambda: note_person(running, page.known, at))
    return reply
