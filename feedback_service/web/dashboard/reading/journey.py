"""The journey: where it hurts, every measure at every stage."""

from flask import render_template

from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.journey import journey as journey_of
from feedback_service.web.audiences import for_staff, service
from feedback_service.web.clock import now
from feedback_service.web.dashboard.charts.span import span
from feedback_service.web.dashboard.sessions import project
from feedback_service.web.dashboard.showing.periods import CHOICES, chosen
from feedback_service.web.dashboard.site import blueprint


@blueprint.get("/p/<slug>/journey")
@for_staff("agent")
def journey() -> str:
    """Show stage by measure."""
    period = chosen(project())
    asked = Asked(first=period.period.first, last=period.period.last)
    found = journey_of(service(), project().id, asked, now())
    return render_template(
        "dashboard/journey.html",
        page="journey",
        chosen=period,
        choices=CHOICES,
        stages=found.stages,
        span=span,
        is_empty=not any(stage.figures for stage in found.stages),
    )
