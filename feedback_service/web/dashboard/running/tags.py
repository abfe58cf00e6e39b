"""Tag rules: add words, take them away, apply them to the comments there are."""

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.words.rules import EVERY_LANGUAGE, check_tag
from feedback_service.storage.words import rules
from feedback_service.usecases.staff.keep_staff import write_down
from feedback_service.usecases.tagging.set_rules import put_rules, remove_rule, run_again
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.reading.words import words_page
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.site import blueprint, go


@blueprint.post("/p/<slug>/words/rules", endpoint="set_tag_rule")
@for_staff("analyst")
def set_rule() -> AnyResponse:
    """Set the words of a tag in one language; no words take that language away."""
    try:
        tag, language = forms.text("tag"), forms.text("language", 35) or EVERY_LANGUAGE
        _set(check_tag(tag), language, forms.words("words"))
    except FeedbackError as error:
        sent = {name: forms.prose(name) or "" for name in ("tag", "language", "words")}
        return Response(words_page(str(error), sent), 422)
    _note("set tag rule", tag)
    return go("words", said="saved")


@blueprint.post("/p/<slug>/words/run", endpoint="run_tag_rules")
@for_staff("analyst")
def run() -> AnyResponse:
    """Apply the rules to all comments, in the background."""
    run_again(service(), project().id)
    _note("ran tag rules", None)
    return go("words", said="tagging")


def _set(tag: str, language: str, words: list[str]) -> None:
    with service().database.read() as connection:
        there = {rule.tag: rule.words for rule in rules.every(connection, project().id)}
    wanted = {**there.get(tag, {}), language: words}
    if words or any(said for name, said in wanted.items() if name != language):
        put_rules(service(), project().id, {tag: wanted}, now())
    else:
        remove_rule(service(), project().id, tag)


def _note(action: str, tag: str | None) -> None:
    write_down(service(), staff(), project().id, (action, tag), now())
