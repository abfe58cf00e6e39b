"""feedback-service outcomes."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from feedback_service.cli.asking.progress import ProgressBar
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.cli.transfer.columns import named_columns
from feedback_service.domain.measures.outcomes import KINDS
from feedback_service.domain.projects import Project
from feedback_service.usecases.importing.bring_in import MOST_FAULTS
from feedback_service.usecases.outcomes.reading import FIELDS, OutcomeFile, OutcomeReading
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.usecases.service import Service

_BATCH: Final = 500
_TOLD: Final = 20


@dataclass(slots=True)
class _Tally:
    """faults: (row number, why) of the first MOST_FAULTS bad rows."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    bad: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def good(self) -> int:
        return self.kinds.total()


@click.group()
def outcomes() -> None:
    """What people did after they answered."""


@outcomes.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=f"Where a field is; may be repeated. Fields: {', '.join(FIELDS)}.",
)
@click.option("--kind", type=click.Choice(list(KINDS)), help="Of all rows, without that column.")
@click.option("--date-format", metavar="FORMAT", help="How times are written, as %d.%m.%Y.")
@click.option("--dry-run", is_flag=True, help="Only look through the file.")
@project_option
@json_option
def import_outcomes(file: Path, slug: str | None, as_json: bool, **given: Any) -> None:
    """Tell the outcomes of FILE: CSV in UTF-8 with the columns respondent, kind, at and value.

    kind: churned, renewed, complaint, return, refund, purchase or review. Telling the same again
    changes nothing. Bad rows stay out and are listed. See docs/outcomes.md.
    """
    reading = OutcomeReading(named_columns(given["pairs"]), given["kind"], given["date_format"])
    with opened_service() as service:
        project = chosen_project(service, slug)
        tally = _run(service, project, file, reading, dry_run=given["dry_run"])
    if as_json:
        print_json(_told(tally, dry_run=given["dry_run"]))
        return
    if given["dry_run"]:
        kinds = ", ".join(f"{many:,} {kind}" for kind, many in sorted(tally.kinds.items()))
        click.echo(f"{tally.good:,} outcomes are good ({kinds or 'none'}), ", nl=False)
    else:
        click.echo(
            f"{tally.added:,} outcomes added, {tally.changed:,} changed, "
            f"{tally.good - tally.added - tally.changed:,} were there already, ",
            nl=False,
        )
    click.echo(f"{tally.bad:,} rows are bad")
    for number, why in tally.faults[:_TOLD]:
        click.echo(f"  row {number}: {why}", err=True)
    if tally.bad > _TOLD:
        click.echo(f"  … and {tally.bad - _TOLD:,} more (--json lists them)", err=True)


def _run(
    service: Service, project: Project, path: Path, reading: OutcomeReading, *, dry_run: bool
) -> _Tally:
    tally, at = _Tally(), now()
    bar = ProgressBar(path.stat().st_size, "rows")
    try:
        with path.open("rb") as file:
            rows = OutcomeFile(file, reading, ZoneInfo(project.timezone), at).rows()
            while batch := list(islice(rows, _BATCH)):
                tally.rows += len(batch)
                told = [row.told for row in batch if row.told is not None]
                tally.kinds.update(one.kind for one in told)
                faults = [(row.number, row.fault) for row in batch if row.fault is not None]
                tally.bad += len(faults)
                tally.faults += faults[: MOST_FAULTS - len(tally.faults)]
                if told and not dry_run:
                    kept = tell_outcomes(service, project.id, told, at)
                    tally.added += kept.added
                    tally.changed += kept.changed
                bar.show(file.tell(), tally.rows)
    finally:
        bar.close()
    return tally


def _told(tally: _Tally, *, dry_run: bool) -> dict[str, Any]:
    bad = [{"row": number, "why": why} for number, why in tally.faults]
    if dry_run:
        kinds = dict(tally.kinds)
        return {
            "dry_run": True,
            "good": tally.good,
            "kinds": kinds,
            "bad": tally.bad,
            "bad_rows": bad,
        }
    return {
        "dry_run": False,
        "added": tally.added,
        "changed": tally.changed,
        "unchanged": tally.good - tally.added - tally.changed,
        "bad": tally.bad,
        "bad_rows": bad,
    }
