"""feedback-service export."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

import click

from feedback_service.cli.asking.progress import ProgressBar
from feedback_service.cli.opening import chosen_project, opened_service, project_option
from feedback_service.domain.measures.periods import start_of
from feedback_service.domain.projects import Project
from feedback_service.storage.listing.criteria import Criteria
from feedback_service.usecases.exporting.export import (
    Portion,
    export_responses,
    responses_to_look_at,
)
from feedback_service.usecases.exporting.parquet import write_parquet
from feedback_service.usecases.exporting.writing import as_csv, as_ndjson
from feedback_service.usecases.service import Service

_FORMATS: Final = ("csv", "ndjson", "parquet")
_WRITERS: Final = {"csv": as_csv, "ndjson": as_ndjson}


class _Instant(click.ParamType[Any]):
    name = "WHEN"

    def convert(self, value: Any, param: Any, ctx: Any) -> date | datetime:
        text = str(value)
        try:
            if len(text) == len("2026-11-24"):
                return date.fromisoformat(text)
            at = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no time: write 2026-11-24 or 2026-11-24T09:30:00Z", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


@click.group()
def export() -> None:
    """Everything that was answered, as one file."""


@export.command()
@click.option("--survey", metavar="KEY", help="Only one survey.")
@click.option(
    "--since",
    type=_Instant(),
    help="Only what changed since: a day of the project's zone, or an instant (UTC).",
)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="csv, or what FILE ends in.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to; appears when it is complete. Else to stdout.",
)
@project_option
def responses(
    survey: str | None, since: Any, form: str | None, out: Path | None, slug: str | None
) -> None:
    """Write every response as one row: CSV (safe to open in a spreadsheet), NDJSON or Parquet.

    In constant memory, oldest change first, without holding up anybody who answers
    (docs/export.md).
    """
    form = form or (out.suffix.removeprefix(".") if out else "csv")
    if form not in _FORMATS:
        form = "csv"
    if form == "parquet" and out is None:
        raise click.UsageError("Parquet cannot be written to stdout: name a file with --out")
    with opened_service(connections=1) as service:
        project = chosen_project(service, slug)
        if survey is not None and service.catalog.current().survey(project.id, survey) is None:
            raise click.ClickException(f"this project has no survey {survey!r}")
        wanted = Criteria(survey=survey, updated_since=_instant(since, project))
        if out is None:
            rows = _written(service, project, wanted, form, sys.stdout.buffer)
        else:
            rows = _into_file(service, project, wanted, form, out)
    click.echo(f"{rows:,} responses{f' written to {out}' if out else ''}", err=out is None)


def _into_file(service: Service, project: Project, wanted: Criteria, form: str, out: Path) -> int:
    """Write beside the file first: what bears its name is whole."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            rows = _written(service, project, wanted, form, file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(out)
    return rows


def _written(
    service: Service, project: Project, wanted: Criteria, form: str, file: BinaryIO
) -> int:
    bar = ProgressBar(responses_to_look_at(service, project.id, wanted), "responses")
    seen = _Seen(bar)
    portions = seen.passing(export_responses(service, project.id, wanted))
    try:
        if form == "parquet":
            for _portion in write_parquet(portions, file):
                pass
        else:
            file.writelines(_WRITERS[form](portions))
        file.flush()
    finally:
        bar.close()
    return seen.rows


class _Seen:
    """Counts what passes, and shows it."""

    def __init__(self, bar: ProgressBar) -> None:
        self.rows = 0
        self._looked_at = 0
        self._bar = bar

    def passing(self, portions: Iterable[Portion]) -> Iterator[Portion]:
        for portion in portions:
            yield portion
            self.rows += len(portion.rows)
            self._looked_at += portion.looked_at
            self._bar.show(self._looked_at, self.rows)


def _instant(since: date | datetime | None, project: Project) -> datetime | None:
    if since is None:
        return None
    try:
        if isinstance(since, datetime):
            return since.astimezone(UTC)
        return start_of(since, ZoneInfo(project.timezone))
    except OverflowError:
        raise click.BadParameter(
            f"{since} is at the edge of the calendar: write another year", param_hint="--since"
        ) from None
