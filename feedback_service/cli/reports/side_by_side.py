"""feedback-service report journey and report compare."""

from datetime import date
from typing import Any

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.cli.reports import chart
from feedback_service.cli.reports.chart import Paper
from feedback_service.cli.reports.day import Day
from feedback_service.cli.reports.text import (
    HIDDEN,
    NOBODY,
    arrow,
    change_text,
    headline,
    span_text,
    title,
    unproven,
)
from feedback_service.domain.measures.metrics import INDICATIVE_FROM, Change
from feedback_service.domain.measures.periods import Period
from feedback_service.usecases.reporting.asking import Asked, dimension_of
from feedback_service.usecases.reporting.compare import (
    Compared,
    Comparison,
    compare_periods,
    compare_segments,
)
from feedback_service.usecases.reporting.figures import Measured, Reported
from feedback_service.usecases.reporting.journey import Journey
from feedback_service.usecases.reporting.journey import journey as journey_of
from feedback_service.web.api.reporting.replies import of_comparison, of_journey

_FROM = "First day; 30 days before the last by default."
_TO = "Last day, inside the period; today by default."


@click.command()
@click.argument("survey", required=False)
@click.option("--all", "every", is_flag=True, help="All surveys, instead of one.")
@click.option("--from", "first", type=Day(), help=_FROM)
@click.option("--to", "last", type=Day(), help=_TO)
@project_option
@json_option
def journey(
    survey: str | None, slug: str | None, *, every: bool, as_json: bool, **days: date | None
) -> None:
    """Print every measure at every stage of the journey: where it hurts."""
    if (survey is None) != every:
        raise click.UsageError("name a survey, or give --all")
    asked = Asked(survey, None, days["first"], days["last"])
    with opened_service() as service:
        found = journey_of(service, chosen_project(service, slug).id, asked, now())
    if as_json:
        print_json(of_journey(found))
        return
    paper = chart.paper()
    for line in _journey_lines(found, paper):
        click.echo(paper.written(line))


class _Days(click.ParamType[Period]):
    name = "FROM..TO"

    def convert(self, value: Any, param: Any, ctx: Any) -> Period:
        first, dots, last = str(value).partition("..")
        if not dots:
            self.fail(f"{value!r} is no period: write it as 2026-09-01..2026-09-30", param, ctx)
        found = Period(Day().convert(first, param, ctx), Day().convert(last, param, ctx))
        if found.first > found.last:
            self.fail(f"{value!r} begins after its end", param, ctx)
        return found


@click.command()
@click.argument("survey")
@click.option("--from", "first", type=Day(), help=_FROM)
@click.option("--to", "last", type=Day(), help=_TO)
@click.option("--against", type=_Days(), help="The other period, such as 2026-09-01..2026-09-30.")
@click.option("--segment", metavar="NAME", help="Or two values of this: channel, trait:plan …")
@click.option("-a", "one", metavar="VALUE", help="With --segment: a value.")
@click.option("-b", "other", metavar="VALUE", help="With --segment: the value to compare with it.")
@project_option
@json_option
def compare(survey: str, slug: str | None, *, as_json: bool, **given: Any) -> None:
    """Say whether SURVEY differs between two periods, or two segments of one period.

    "Differs" means by more than chance explains, at 95 %.
    """
    asked = Asked(survey, None, given["first"], given["last"])
    against, segment = given["against"], given["segment"]
    values = given["one"], given["other"]
    named = [value is not None for value in (segment, *values)]
    if any(named) != all(named) or (against is None) != all(named):
        raise click.UsageError("give --against FROM..TO, or --segment NAME with -a and -b")
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        if against is not None:
            found = compare_periods(service, project_id, asked, against, now())
        else:
            dimension_of(segment)
            found = compare_segments(service, project_id, asked, segment, values, now())
    if as_json:
        print_json(of_comparison(found))
        return
    paper = chart.paper()
    for line in _comparison_lines(survey, found, paper):
        click.echo(paper.written(line))


def _journey_lines(found: Journey, on: Paper) -> list[str]:
    lines = [
        on.faint(
            f"{span_text(found.period)} ({found.timezone}), compared with {span_text(found.before)}"
        )
    ]
    if not any(stage.figures for stage in found.stages):
        return [*lines, "", NOBODY, "Each survey has its stage: journey_stage in its document."]
    for stage in found.stages:
        lines += ["", on.strong(stage.name or "outside the journey")]
        if not stage.figures:
            lines += [on.faint("  nobody answered here")]
        for what, one in stage.figures:
            lines += [f"  {title(what)}", f"    {_brief(what, one, on)}"]
            if one.figure is not None and one.figure.score is not None:
                lines += [f"    {change_text(what.definition.metric, one, on)}"]
    return lines


def _comparison_lines(survey: str, found: Comparison, on: Paper) -> list[str]:
    if found.segment is None:
        both = f"{span_text(found.a[0])} and {span_text(found.b[0])} ({found.timezone})"
    else:
        both = f"{span_text(found.a[0])} ({found.timezone}), by {found.segment}"
    lines = [on.faint(both)]
    for one in found.definitions:
        names = [
            f"{span_text(period) if value is None else f'{found.segment} {value}'}:"
            for period, value in (found.a, found.b)
        ]
        width = max(map(len, names))
        lines += ["", on.strong(title(one.measured))]
        for name, reported in zip(names, (one.a, one.b), strict=True):
            lines += [f"  {name:<{width}} {_brief(one.measured, reported, on)}"]
        lines += [f"  {_difference(one, on)}"]
    if any(_is_nobody(one.a) or _is_nobody(one.b) for one in found.definitions):
        lines += ["", *_advice(survey, found)]
    return lines


def _difference(one: Compared, on: Paper) -> str:
    change: Change | None = one.change
    if change is None:
        return on.faint("no comparison: one of them is hidden")
    if change.size is None or change.margin is None:
        return on.faint(f"too few replies to compare: each takes {INDICATIVE_FROM}")
    if change.verdict == "not_proven":
        return f"no proven difference ({unproven(change.size, change.margin)})"
    return f"{arrow(change, on)} {abs(change.size):.1f} points from the first to the second, proven"


def _is_nobody(one: Reported) -> bool:
    return one.figure is not None and one.figure.n == 0


def _advice(survey: str, found: Comparison) -> list[str]:
    """Say what to do where nobody answered."""
    if found.segment is None:
        return ["Other days: --from, --to and --against."]
    command = f"feedback-service report {survey} --segment {found.segment}"
    return [f"Values there are: {command}", "Other days: --from and --to."]


def _brief(what: Measured, one: Reported, on: Paper) -> str:
    if one.figure is None:
        return HIDDEN
    if one.figure.n == 0:
        return "nobody answered"
    return headline(what.definition.metric, one.figure, on)
