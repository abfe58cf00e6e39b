"""feedback-service report outcomes."""

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_table
from feedback_service.usecases.outcomes.report import (
    USUAL_BACK,
    USUAL_WITHIN,
    Defined,
    KindReport,
    Share,
    report_outcomes,
)
from feedback_service.web.api.outcomes.shapes import of_report


@click.command()
@click.argument("survey")
@click.option("--within", type=int, default=USUAL_WITHIN, show_default=True, metavar="MONTHS")
@click.option("--back", type=int, default=USUAL_BACK, show_default=True, metavar="MONTHS")
@project_option
@json_option
def outcomes(survey: str, within: int, back: int, slug: str | None, as_json: bool) -> None:
    """Print what people did within some MONTHS after they answered SURVEY, by band and touchpoint.

    Each person counts once, with the first answer given from --back until --within months ago.
    """
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        found = report_outcomes(service, project_id, survey, now(), within=within, back=back)
    if as_json:
        print_json(of_report(found))
        return
    click.echo(
        f"{survey}: answers from {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d} (UTC), "
        f"each followed for {within} months"
    )
    for one in found.definitions:
        _print_definition(one)


def _print_definition(found: Defined) -> None:
    definition = found.definition
    edges = ", ".join(
        f"{name} {low}-{high}" for name, (low, high) in definition.bands.edges().items()
    )
    click.echo(f"\n{definition.metric.upper()} ({edges}): {found.people:,} people")
    if found.touchpoints_left_out:
        click.echo(f"Not shown: {found.touchpoints_left_out:,} more touchpoints")
    if not found.people:
        click.echo("Nobody known by a ref answered in these months: --back looks further back")
        return
    if not found.kinds:
        click.echo("Nothing is known of what they did later: feedback-service outcomes import FILE")
    for kind in found.kinds:
        _print_kind(kind)


def _print_kind(found: KindReport) -> None:
    click.echo()
    told = found.told
    click.echo(f"{told.count:,} told in all, from {told.first:%Y-%m-%d} to {told.last:%Y-%m-%d}")
    if found.caution is not None:
        click.echo(f"Beware: {found.caution}")
    if found.sentence is not None:
        click.echo(found.sentence[0].upper() + found.sentence[1:])
    rows = [(name, *_cells(share)) for name, share in found.bands.items()]
    rows += [(f"at {name or '-'}", *_cells(share)) for name, share in found.touchpoints.items()]
    headers = (found.kind.upper(), "PEOPLE", "OF", "RATE", "95 %", "VALUE", "PER PERSON", "95 %")
    has_value = any(share.value for share in found.bands.values())
    shown = len(headers) if has_value else headers.index("VALUE")
    print_table(headers[:shown], [row[:shown] for row in rows])


def _cells(share: Share) -> tuple[str, ...]:
    rate, mean = share.rate, share.mean_interval
    return (
        f"{rate.hits:,}",
        f"{rate.total:,}",
        "-" if rate.percent is None else f"{rate.percent:.1f} %",
        "-" if rate.interval is None else f"{rate.interval.low:.1f} to {rate.interval.high:.1f}",
        f"{share.value:,.2f}",
        "-" if share.mean is None else f"{share.mean:,.2f}",
        "-" if mean is None else f"{mean.low:,.2f} to {mean.high:,.2f}",
    )
