"""Open links for posters, receipts and kiosks: one address for everybody, one token per answer.

Opening one makes nothing. The token is made by the press that gives the first answer, out of that
page's nonce: the same page pressed twice answers once, and each answer needs a page of its own.
"""

from typing import Final

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from feedback_service.domain.errors import ResponseFinal
from feedback_service.domain.evidence import NO_TRACES, suspicion_of
from feedback_service.usecases.collect import collect_response
from feedback_service.usecases.visiting.enter import Entry, admit, count_entry, entry_of
from feedback_service.web import limits
from feedback_service.web.audiences import for_token_holders, service
from feedback_service.web.clock import now
from feedback_service.web.page import kiosk, notices
from feedback_service.web.page.form import MAX_FORM_BYTES, pressed, sent
from feedback_service.web.page.nonce import page_made_at, page_nonce
from feedback_service.web.page.survey_page import SurveyPage, Weighed

_LONGEST: Final = {"tp": 64, "cmp": 100}


def install(blueprint: Blueprint) -> None:
    blueprint.get("/l/<site_key>/<survey>")(open_link)
    blueprint.post("/l/<site_key>/<survey>")(answer_openly)


@for_token_holders
def open_link(site_key: str, survey: str) -> str:
    """Show the survey to whoever comes by; writes nothing."""
    return _page(_entry(site_key, survey), site_key).ask(None)


@for_token_holders
def answer_openly(site_key: str, survey: str) -> Response | tuple[str, int]:
    """Make a token for this answer, save it, and go on to its own page."""
    request.max_content_length = MAX_FORM_BYTES
    limits.spend(limits.OPEN_LINKS, "open link", limits.client())
    entry, at = _entry(site_key, survey), now()
    page = _page(entry, site_key)
    nonce = request.form.get("nonce", "")
    made_at = page_made_at(service().signer, _subject(site_key, survey), nonce)
    if made_at is None:
        return notices.page("refused", page.wording.locale, url=page.action), 403
    given = sent(request.form, page.definition)
    problem = given.problem(page.wording, scored_before=False)
    if problem is not None:
        return page.again(given, problem), 422
    press = pressed(given, made_at, request.headers)
    suspicion = suspicion_of(press, page.definition.capture, NO_TRACES, ("link", made_at), at)
    token = admit(service(), entry, nonce, at)
    try:
        answer = page.answer(given, Weighed(suspicion, None))
        if collect_response(service(), token, answer, at).created:
            count_entry(service(), entry, at)
    except ResponseFinal:
        return page.answered(), 409
    in_kiosk = site_key if kiosk.is_asked() else None
    asked = request.args.get("locale")
    return redirect(url_for("page.survey", token=token, kiosk=in_kiosk, locale=asked), 303)


def _page(entry: Entry, site_key: str) -> SurveyPage:
    at, key = now(), entry.survey.key
    if kiosk.is_asked():
        kiosk.lead_home(kiosk.open_link(site_key, key, entry.touchpoint, entry.campaign))
    nonce = page_nonce(service().signer, _subject(site_key, key), at)
    return SurveyPage.of(
        None, entry.seen(at), nonce, action=request.script_root + request.full_path.rstrip("?")
    )


def _entry(site_key: str, survey: str) -> Entry:
    return entry_of(service(), site_key, survey, _note("tp"), _note("cmp"))


def _note(name: str) -> str | None:
    """Return a touchpoint or campaign of the link, None when it is none that we store."""
    text = request.args.get(name, "")
    return text if 0 < len(text) <= _LONGEST[name] and text.isprintable() else None


def _subject(site_key: str, survey: str) -> str:
    return f"open link {site_key} {survey}"
