"""feedback-service report."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.cli.reports import chart, text
from feedback_service.cli.reports.day import Day
from feedback_service.domain.measures.periods import STEPS
from feedback_service.domain.projects import Project
from feedback_service.usecases.reporting.asking import Asked, dimension_of
from feedback_service.usecases.reporting.segments import segments
from feedback_service.usecases.reporting.summary import summary
from feedback_service.usecases.reporting.trend import trend
from feedback_service.usecases.service import Service
from feedback_service.web.api.reporting.replies import of_segments, of_summary, of_trend

_BY: Final = "The line of the score: by day, week or month."


@click.command()
@click.argument("survey")
@click.option("--from", "first", type=Day(), help="First day; 30 days before the last by default.")
@click.option("--to", "last", type=Day(), help="Last day, inside the period; today by default.")
@click.option("--by", type=click.Choice(STEPS), help=_BY)
@click.option(
    "--segment",
    metavar="NAME",
    help="Split by touchpoint, channel, journey_stage, campaign, audience, locale or trait:NAME.",
)
@project_option
@json_option
def report(survey: str, slug: str | None, as_json: bool, **given: Any) -> None:
    """Print how SURVEY is doing: score, interval, change, response rate, and a line over time.

    Days are those of the project's time zone. A score never comes without the number of replies
    and its 95 % interval; "changed" means by more than chance explains.
    """
    asked = Asked(survey, None, given["first"], given["last"])
    with opened_service() as service:
        project = chosen_project(service, slug)
        if given["segment"] is not None:
            dimension_of(given["segment"])
        found = _reports(service, project, asked, given["by"], given["segment"], now())
    if as_json:
        print_json({name: document() for name, (document, _lines) in found.items()})
        return
    paper = chart.paper()
    for number, (_document, lines) in enumerate(found.values()):
        if number:
            click.echo()
        for line in lines(paper):
            click.echo(paper.written(line))


Printed = tuple[Callable[[], dict[str, Any]], Callable[[chart.Paper], list[str]]]


def _reports(
    service: Service,
    project: Project,
    asked: Asked,
    by: Any,
    segment: str | None,
    at: datetime,
) -> dict[str, Printed]:
    """Return what is to be printed: name -> (as JSON, as lines)."""
    total = summary(service, project.id, asked, at)
    found: dict[str, Printed] = {
        "summary": (lambda: of_summary(total), lambda paper: text.summary_lines(total, paper))
    }
    if by is not None or segment is None:
        line = trend(service, project.id, asked, by or text.fitting_step(total.period), at)
        found["trend"] = (lambda: of_trend(line), lambda paper: text.trend_lines(line, paper))
    if segment is not None:
        split = segments(service, project.id, asked, segment, at)
        found["segments"] = (
            lambda: of_segments(split),
            lambda paper: text.segment_lines(split, paper),
        )
    return found
