"""feedback-service report words."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_table
from feedback_service.cli.reports import chart
from feedback_service.cli.reports.chart import Paper
from feedback_service.cli.reports.day import Day
from feedback_service.cli.reports.text import span_text
from feedback_service.domain.measures.metrics import Change
from feedback_service.usecases.reporting.asking import Asked
from feedback_service.usecases.reporting.words import (
    MOST_TOP,
    BandWords,
    Said,
    top_words,
)
from feedback_service.web.api.words.shapes import of_words

_VERDICTS: Final = {"changed_up": "more", "changed_down": "less", "not_proven": "-"}


@click.command()
@click.argument("survey")
@click.option("--from", "first", type=Day(), help="First day; 30 days before the last by default.")
@click.option("--to", "last", type=Day(), help="Last day, inside the period; today by default.")
@click.option("--top", type=click.IntRange(1, MOST_TOP), default=10, show_default=True)
@project_option
@json_option
def words(survey: str, top: int, slug: str | None, as_json: bool, **days: date | None) -> None:
    """Print the words and tags that most comments of SURVEY hold, by band, and what changed.

    30 days by default. A change is told where chance alone would not explain it.
    """
    asked = Asked(survey, None, days["first"], days["last"])
    with opened_service() as service:
        found = top_words(service, chosen_project(service, slug).id, asked, now(), top)
    if as_json:
        print_json(of_words(found))
        return
    paper = chart.paper()
    span = f"{span_text(found.period)} ({found.timezone}), compared with {span_text(found.before)}"
    click.echo(paper.written(paper.faint(span)))
    click.echo(f"{survey}: {_many(found.comments)}")
    if not found.comments:
        click.echo("Nobody wrote anything in these days: --from DAY looks further back.")
        return
    if found.looked_at < found.comments:
        click.echo(f"Counted: the newest {found.looked_at:,}.")
    for one in found.definitions:
        for name, band in one.bands.items():
            _print_band(name.replace("_", " "), band, paper)
    click.echo()
    click.echo("SHARE is that of the band's comments, CHANGE since BEFORE; -: none is proven.")


def _print_band(name: str, band: BandWords, on: Paper) -> None:
    click.echo()
    if band.comments is None:
        click.echo(f"{on.strong(name)}: too few comments to be shown")
        return
    click.echo(f"{on.strong(name)}: {_many(band.comments)}")
    for heading, said in (("WORD", band.words), ("TAG", band.tags)):
        if said:
            headings = [heading, "COMMENTS", "SHARE", "95 %", "BEFORE", "CHANGE"]
            print_table(headings, [_cells(one) for one in said])


def _many(comments: int) -> str:
    return "1 comment" if comments == 1 else f"{comments:,} comments"


def _cells(said: Said) -> Sequence[str]:
    share, before = said.rate, said.before
    return (
        said.what,
        f"{share.hits:,}",
        "-" if share.percent is None else f"{share.percent:.0f} %",
        "-" if share.interval is None else f"{share.interval.low:.0f} to {share.interval.high:.0f}",
        "-" if before.percent is None else f"{before.percent:.0f} %",
        _told(said.change),
    )


def _told(change: Change) -> str:
    word = _VERDICTS[change.verdict]
    return word if change.verdict == "not_proven" else f"{word} ({change.size:+.0f} points)"
