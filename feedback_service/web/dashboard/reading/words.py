"""What people talk about: the words and tags of each band, and the rules that tag."""

from typing import Any, Final

from flask import render_template

from feedback_service.domain.errors import NotFound
from feedback_service.domain.measures.scales import METRICS
from feedback_service.domain.words.rules import EVERY_LANGUAGE
from feedback_service.storage.words import rules, tagging
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.words import top_words
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.sessions import project, staff
from feedback_service.web.dashboard.showing.periods import CHOICES, chosen
from feedback_service.web.dashboard.site import blueprint

_TOP: Final = 12


@blueprint.get("/p/<slug>/words", endpoint="words")
@for_staff("agent")
def words() -> str:
    """Show the words of one survey."""
    return words_page()


def words_page(fault: str | None = None, sent: dict[str, str] | None = None) -> str:
    """Return the page. fault: what is wrong with the rule that was sent."""
    period = chosen(project())
    surveys = list(service().catalog.current().surveys(project().id))
    surveys.sort(key=lambda one: (METRICS.index(one.definition.metric), one.id))
    wanted = forms.optional("survey", 64)
    survey = next((one for one in surveys if wanted in {None, one.key}), None)
    if survey is None and wanted is not None:
        raise NotFound(f"this project has no survey {wanted!r}")
    found = None
    if survey is not None:
        asked = Asked(survey.key, None, period.period.first, period.period.last)
        found = top_words(service(), project().id, asked, now(), _TOP)
    with service().database.read() as connection:
        listed = rules.every(connection, project().id)
        may_run = project().id in tagging.positions(connection)
    return render_template(
        "dashboard/words.html",
        page="words",
        chosen=period,
        # By date: who opens a link of today's tomorrow wants the same answers.
        days={
            "from": period.period.first.isoformat(),
            "to": period.period.last.isoformat(),
        },
        choices=CHOICES,
        surveys=surveys,
        survey=survey,
        found=found,
        is_seen=survey is not None and staff().sees_answers_of(survey.definition.audience),
        rules=[
            _shown(rule.tag, language, said)
            for rule in listed
            for language, said in rule.words.items()
        ],
        may_run=may_run,
        fault=fault,
        sent=sent or {},
    )


def _shown(tag: str, language: str, said: Any) -> dict[str, Any]:
    return {
        "tag": tag,
        "language": language,
        "spoken": "every language" if language == EVERY_LANGUAGE else language,
        "words": ", ".join(said),
    }
