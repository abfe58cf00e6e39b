"""Where it hurts: a survey's score by touchpoint, channel, campaign or trait, the worst first."""

from typing import Final

from flask import render_template

from feedback_service.domain.errors import NotFound
from feedback_service.domain.measures.scales import METRICS
from feedback_service.domain.surveys import Survey
from feedback_service.storage.listing import pages
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.storage.reports.counting import TRAIT
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.segments import segments as segments_of
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard import forms
from feedback_service.web.dashboard.charts.span import span
from feedback_service.web.dashboard.sessions import project, staff, unseen_versions
from feedback_service.web.dashboard.showing.periods import CHOICES, chosen
from feedback_service.web.dashboard.site import blueprint

_USUAL: Final = "touchpoint"
# Of the page's own choices; an audience is that of a whole survey, and splits none.
SPLITS: Final = {
    "touchpoint": "touchpoint",
    "channel": "channel",
    "campaign": "campaign",
    "journey_stage": "journey stage",
    "locale": "language",
}
# What the list of responses can be filtered by.
FILTERS: Final = ("touchpoint", "channel", "campaign")
# Traits have no list of their own: those of the newest answers are offered.
_LOOKED_AT: Final = 50
_MOST_TRAITS: Final = 8


@blueprint.get("/p/<slug>/segments", endpoint="segments")
@for_staff("agent")
def segments() -> str:
    """Show the segments of one survey."""
    period = chosen(project())
    surveys = [
        one
        for one in service().catalog.current().surveys(project().id)
        if one.status != "archived" or one.key == forms.optional("survey", 64)
    ]
    surveys.sort(key=lambda one: (METRICS.index(one.definition.metric), one.id))
    wanted = forms.optional("survey", 64)
    survey = next((one for one in surveys if wanted in {None, one.key}), None)
    if survey is None and wanted is not None:
        raise NotFound(f"this project has no survey {wanted!r}")
    by = _split()
    found = None
    if survey is not None:
        asked = Asked(survey.key, None, period.period.first, period.period.last)
        found = segments_of(service(), project().id, asked, by, now())
    return render_template(
        "dashboard/segments.html",
        page="segments",
        chosen=period,
        choices=CHOICES,
        days={"from": period.period.first.isoformat(), "to": period.period.last.isoformat()},
        surveys=surveys,
        survey=survey,
        found=found,
        by=by,
        splits={**SPLITS, **_traits(survey)},
        spoken=SPLITS.get(by, by.removeprefix(TRAIT)),
        filters=FILTERS,
        span=span,
        is_seen=survey is not None and staff().sees_answers_of(survey.definition.audience),
    )


def _split() -> str:
    """Return what to split by: a trait by its name alone, when one was typed."""
    typed = forms.optional("trait", 64)
    if typed is not None:
        return TRAIT + typed
    return forms.optional("by", len(TRAIT) + 64) or _USUAL


def _traits(survey: Survey | None) -> dict[str, str]:
    """Return the traits the newest answers carry."""
    if survey is None:
        return {}
    wanted = Criteria(survey=survey.key, without_versions=unseen_versions(service()))
    with service().database.read() as connection:
        newest = pages.page(connection, project().id, wanted, _LOOKED_AT)
    names = sorted({name for _key, one in newest for name in one.traits or {}})
    return {TRAIT + name: name for name in names[:_MOST_TRAITS]}
