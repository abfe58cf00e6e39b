"""What became of people: how often those who were unhappy left, came back or complained."""

from typing import Final

from flask import render_template

from feedback_service.domain.errors import InvalidValue, NotFound
from feedback_service.domain.measures.protection import PROTECTED
from feedback_service.domain.measures.scales import METRICS
from feedback_service.domain.surveys import Survey
from feedback_service.usecases.outcomes.report import USUAL_WITHIN, OutcomeReport, report_outcomes
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.sessions import project
from feedback_service.web.dashboard.showing import outcomes as shown
from feedback_service.web.dashboard.site import blueprint

# Months each person is followed -> months it looks back.
SPANS: Final = {1: 12, 3: 24, 6: 24, 12: 36}


@blueprint.get("/p/<slug>/outcomes")
@for_staff("agent")
def outcomes() -> str:
    """Show what came after the answers to one survey."""
    surveys = [
        one
        for one in service().catalog.current().surveys(project().id)
        if one.definition.audience not in PROTECTED
    ]
    surveys.sort(key=lambda one: (METRICS.index(one.definition.metric), one.id))
    wanted = forms.optional("survey", 64)
    survey = next((one for one in surveys if wanted in {None, one.key}), None)
    if survey is None and wanted is not None:
        raise NotFound(f"this project follows nobody after a survey {wanted!r}")
    within = _within()
    found, refused = None, None
    if survey is not None:
        try:
            found = _report(survey, within)
        except InvalidValue as error:  # an audience it once had
            refused = str(error)
    return render_template(
        "dashboard/outcomes.html",
        page="outcomes",
        surveys=surveys,
        survey=survey,
        spans=SPANS,
        within=within,
        found=found,
        refused=refused,
        shown=shown,
    )


def _within() -> int:
    text = forms.optional("within", 2)
    return next((months for months in SPANS if str(months) == text), USUAL_WITHIN)


def _report(survey: Survey, within: int) -> OutcomeReport:
    return report_outcomes(
        service(), project().id, survey.key, now(), within=within, back=SPANS[within]
    )
