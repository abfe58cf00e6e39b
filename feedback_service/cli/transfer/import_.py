"""feedback-service import."""

from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from feedback_service.cli.asking.progress import ProgressBar
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.cli.transfer.columns import named_columns
from feedback_service.domain.projects import Project
from feedback_service.usecases.importing.bring_in import Importing, Tally, bring_in, survey_for
from feedback_service.usecases.importing.reading import AnswerFile, Reading
from feedback_service.usecases.importing.sources import FIELDS, SOURCES
from feedback_service.usecases.service import Service

_TOLD: Final = 20


@click.group()
def import_() -> None:
    """What was collected elsewhere, brought in."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "source", type=click.Choice(list(SOURCES)), required=True)
@click.option("--survey", "key", required=True, metavar="KEY", help="The survey that gets them.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=f"Where a field is; may be repeated. Fields: {', '.join(FIELDS)}.",
)
@click.option("--traits", metavar="A,B", help="Columns to keep with the answers, such as plan.")
@click.option("--date-format", metavar="FORMAT", help="How times are written, as %d.%m.%Y %H:%M.")
@click.option("--dry-run", is_flag=True, help="Only look: what would come of it?")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@project_option
@json_option
def responses(file: Path, slug: str | None, as_json: bool, **given: Any) -> None:
    """Bring in the answers of FILE, a CSV export of Delighted, Wootric, this service or any other.

    Looks through the whole file first, says what would come of it, and asks. Doing it twice changes
    nothing. Old answers are no news: no webhook, no alert, no case. Their channel is "import";
    times without a zone are in the project's. See docs/import.md.
    """
    traits = tuple(name.strip() for name in (given["traits"] or "").split(",") if name.strip())
    reading = Reading(given["source"], named_columns(given["pairs"]), traits, given["date_format"])
    if as_json and not (given["dry_run"] or given["yes"]):
        raise click.UsageError("with --json nobody can be asked: add --dry-run or --yes")
    with opened_service() as service:
        project = chosen_project(service, slug)
        importing = Importing(survey_for(service, project.id, given["key"]), reading.source)
        tally = _run(service, project, importing, file, reading, dry_run=True)
        if not given["dry_run"]:
            if not as_json:
                _say(tally, "would be")
            if not (given["yes"] or click.confirm("Import them?", err=True)):
                raise click.Abort
            tally = _run(service, project, importing, file, reading, dry_run=False)
    if as_json:
        print_json(_told(tally, dry_run=given["dry_run"]))
    else:
        _say(tally, "would be" if given["dry_run"] else "were")


def _run(
    service: Service,
    project: Project,
    importing: Importing,
    path: Path,
    reading: Reading,
    *,
    dry_run: bool,
) -> Tally:
    bar = ProgressBar(path.stat().st_size, "rows")
    at = now()
    try:
        with path.open("rb") as file:
            listed = AnswerFile(file, reading, importing.survey, ZoneInfo(project.timezone), at)
            if dry_run:
                read = ", ".join(f"{name} = {column}" for name, column in listed.columns.items())
                click.echo(f"Columns: {read}", err=True)
            for tally in bring_in(service, importing, listed.rows(), at, dry_run=dry_run):
                bar.show(file.tell(), tally.rows)
    finally:
        bar.close()
    return tally


def _say(tally: Tally, verb: str) -> None:
    click.echo(
        f"{tally.rows:,} rows: {tally.new:,} answers {verb} imported, {tally.there:,} are there "
        f"already, {tally.unsubscribed:,} people {verb} unsubscribed, {tally.bad:,} rows are bad"
        + (f", {tally.scoreless:,} have no score" if tally.scoreless else "")
    )
    if tally.first is not None and tally.last is not None:
        bands = ", ".join(f"{many:,} {band}" for band, many in sorted(tally.bands.items()))
        click.echo(f"from {tally.first:%Y-%m-%d} to {tally.last:%Y-%m-%d}: {bands}")
    for number, why in islice(tally.faults, _TOLD):
        click.echo(f"  row {number}: {why}", err=True)
    if tally.bad > _TOLD:
        click.echo(f"  … and {tally.bad - _TOLD:,} more (--json lists them)", err=True)


def _told(tally: Tally, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "rows": tally.rows,
        "imported": tally.new,
        "already_there": tally.there,
        "unsubscribed": tally.unsubscribed,
        "bad": tally.bad,
        "without_score": tally.scoreless,
        "bands": dict(tally.bands),
        "bad_rows": [{"row": number, "why": why} for number, why in tally.faults],
    }
