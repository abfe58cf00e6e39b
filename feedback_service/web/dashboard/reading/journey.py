"""The journey: where it hurts, every measure at every stage."""

from flask import render_template

from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.figures import Measured
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
    every = service().catalog.current().surveys(project().id)
    stage_of = {one.key: one.definition.journey_stage for one in every}

    def asked_at(stage: str | None, what: Measured) -> list[str]:
        """Name the surveys of a definition that ask here; all of it where they have moved since."""
        here = [key for key in what.surveys if stage_of.get(key) == stage]
        return here or list(what.surveys)

    return render_template(
        "dashboard/journey.html",
        page="journey",
        chosen=period,
        choices=CHOICES,
        stages=found.stages,
        span=span,
        asked_at=asked_at,
        is_empty=not any(stage.figures for stage in found.stages),
    )
