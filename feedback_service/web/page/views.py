"""The survey page for people with a link: one form, without JavaScript.

A GET shows and never writes: scanners and previews open every link. Answers come by POST, with the
nonce of the page they were given on.
"""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from feedback_service.domain.errors import InvalidValue, ResponseFinal
from feedback_service.domain.responses import MAX_COMMENT_LENGTH, Answer
from feedback_service.locales.wording import Wording, best_locale, filled, wording_for
from feedback_service.usecases.collect import collect_response
from feedback_service.usecases.look import Seen, seen
from feedback_service.usecases.unsubscribe import Subscription, subscription_of, unsubscribe
from feedback_service.web.audiences import for_token_holders, service
from feedback_service.web.clock import now
from feedback_service.web.page import notices
from feedback_service.web.page.form import MAX_FORM_BYTES, Sent, score_of, sent
from feedback_service.web.page.headers import protect, wear, worn
from feedback_service.web.page.nonce import is_page_nonce, page_nonce
from feedback_service.web.page.stylesheet import stylesheet_url

blueprint: Final = Blueprint(
    "page",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/s/static",
)
blueprint.after_request(protect)
blueprint.add_app_template_global(stylesheet_url)
blueprint.add_app_template_global(worn, "theme_css")
notices.install(blueprint)


@blueprint.get("/s/<token>")
@for_token_holders
def survey(token: str) -> Response | str:
    """Show the survey, or what the token has answered while that may still be changed."""
    known = seen(service(), token, now())
    wording = _wording(known)
    wear(known.survey.definition.theme)
    if not known.editable:
        return notices.page("answered", wording.locale, project=known.project.name)
    response = known.response
    saved = response.score if response else None
    asked = score_of(request.args.get("score"), known.survey.definition.scale)
    if response is None or saved is None or asked not in {None, saved}:
        return _form(token, known, wording, score=saved if asked is None else asked)
    if response.complete and "edit" not in request.args:
        return render_template(
            "page/thanks.html",
            wording=wording,
            project=known.project.name,
            thanks=wording.thanks(response.band),
            edit_url=_url(token, edit=True),
        )
    return _form(token, known, wording, score=saved, comment=response.comment or "", asks_why=True)


@blueprint.post("/s/<token>")
@for_token_holders
def answer(token: str) -> Response | tuple[str, int]:
    """Save what the form holds and go back to the page, which then shows it."""
    request.max_content_length = MAX_FORM_BYTES
    known = seen(service(), token, now())
    wording = _wording(known)
    wear(known.survey.definition.theme)
    if not known.editable:
        return notices.page("answered", wording.locale, project=known.project.name), 409
    if not _from_our_page(token):
        return notices.page(
            "refused", wording.locale, project=known.project.name, url=_url(token)
        ), 403
    given = sent(request.form, known.survey.definition.scale)
    scored_before = known.response is not None and known.response.score is not None
    problem = given.problem(wording, scored_before=scored_before)
    if problem is None:
        try:
            collect_response(service(), token, _answer(given, wording), now())
        except ResponseFinal:
            return notices.page("answered", wording.locale, project=known.project.name), 409
        except InvalidValue:
            problem = wording.ui["error_refused"]
        else:
            return redirect(_url(token), 303)
    return _form_again(token, known, wording, given, problem), 422


@blueprint.get("/u/<token>")
@for_token_holders
def ask_to_unsubscribe(token: str) -> str:
    """Ask; only a person's click on the button unsubscribes."""
    return _unsubscribe_question(token, subscription_of(service(), token, now()))


@blueprint.post("/u/<token>")
@for_token_holders
def stop_asking(token: str) -> str | tuple[str, int]:
    """Unsubscribe: from our page, or by a mail program's one-click POST (RFC 8058)."""
    request.max_content_length = MAX_FORM_BYTES
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not one_click and not _from_our_page(token):
        return _unsubscribe_question(token, subscription_of(service(), token, now())), 403
    ended = unsubscribe(service(), token, now())
    return notices.page("unsubscribed", notices.locale(ended.locale), project=ended.project.name)


def _form(  # noqa: PLR0913  # what a page shows
    token: str,
    known: Seen,
    wording: Wording,
    *,
    score: int | None,
    comment: str = "",
    asks_why: bool = False,
    problem: str | None = None,
) -> str:
    """Return the form: the scale alone, or, once there is a score, the reason for it."""
    points = {point.score: point for point in wording.points}
    chosen = points[score] if score is not None else None
    your_answer = filled(wording.page["your_answer"], {"answer": chosen.label if chosen else ""})
    return render_template(
        "page/why.html" if asks_why else "page/ask.html",
        wording=wording,
        project=known.project.name,
        chosen=chosen,
        your_answer=your_answer,
        follow_up=chosen.follow_up if chosen else wording.follow_up(None),
        comment=comment,
        max_length=MAX_COMMENT_LENGTH,
        problem=problem,
        is_saved=problem is None and "edit" not in request.args,
        action=_url(token),
        nonce=page_nonce(service().signer, token),
    )


def _form_again(token: str, known: Seen, wording: Wording, given: Sent, problem: str) -> str:
    """Return the form with everything that was typed into it."""
    saved = known.response.score if known.response else None
    return _form(
        token,
        known,
        wording,
        score=saved if given.score is None else given.score,
        comment=given.comment or "",
        asks_why=given.comment is not None or given.complete,
        problem=problem,
    )


def _unsubscribe_question(token: str, subscription: Subscription) -> str:
    return notices.page(
        "unsubscribe",
        notices.locale(subscription.locale),
        project=subscription.project.name,
        nonce=page_nonce(service().signer, token),
    )


def _answer(given: Sent, wording: Wording) -> Answer:
    return Answer(
        score=given.score,
        comment=given.comment,
        complete=given.complete,
        locale=wording.locale,
    )


def _wording(known: Seen) -> Wording:
    wishes = (request.args.get("locale"), known.token.locale, *notices.browser_wishes())
    return wording_for(known.survey.definition, known.project.name, best_locale(wishes))


def _url(token: str, *, edit: bool = False) -> str:
    """Return the page's own address; a language asked for stays asked for."""
    asked = request.args.get("locale")
    return url_for(
        "page.survey",
        token=token,
        locale=best_locale([asked]) if asked else None,
        edit=1 if edit else None,
    )


def _from_our_page(token: str) -> bool:
    return is_page_nonce(service().signer, token, request.form.get("nonce", ""))
