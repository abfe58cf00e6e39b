"""feedback-service outcomes."""

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO, cast
from zoneinfo import ZoneInfo

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.outcomes import Outcome, OutcomeKind, check_outcome
from feedback_service.usecases.importing.instants import instant_of
from feedback_service.usecases.outcomes.tell import tell_outcomes
from feedback_service.usecases.service import Service

_NEEDED: Final = ("respondent", "kind", "at")
_BATCH: Final = 500
_TOLD: Final = 20

Faults = list[tuple[int, str]]


@click.group()
def outcomes() -> None:
    """What people did after they answered."""


@outcomes.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@project_option
@json_option
def import_outcomes(file: Path, slug: str | None, as_json: bool) -> None:
    """Tell the outcomes of FILE: CSV in UTF-8 with the columns respondent, kind, at and value.

    kind: churned, renewed, complaint, return, refund, purchase or review. Telling the same again
    changes nothing. Bad rows stay out and are listed. See docs/outcomes.md.
    """
    faults: Faults = []
    with opened_service() as service:
        project = chosen_project(service, slug)
        at = now()
        try:
            with file.open(encoding="utf-8-sig", newline="") as text:
                told = _rows(text, ZoneInfo(project.timezone), at, faults)
                added, changed, unchanged = _tell(service, project.id, told, at)
        except (UnicodeDecodeError, csv.Error) as error:
            raise click.ClickException(f"save the file as CSV UTF-8: {error}") from error
    if as_json:
        bad = [{"row": number, "why": why} for number, why in faults]
        print_json({"added": added, "changed": changed, "unchanged": unchanged, "bad_rows": bad})
        return
    click.echo(
        f"{added:,} outcomes added, {changed:,} changed, {unchanged:,} were there already, "
        f"{len(faults):,} rows are bad"
    )
    for number, why in faults[:_TOLD]:
        click.echo(f"  row {number}: {why}", err=True)
    if len(faults) > _TOLD:
        click.echo(f"  … and {len(faults) - _TOLD:,} more (--json lists them)", err=True)


def _tell(
    service: Service, project_id: int, told: Iterator[Outcome], at: datetime
) -> tuple[int, int, int]:
    added = changed = unchanged = 0
    while batch := list(islice(told, _BATCH)):
        kept = tell_outcomes(service, project_id, batch, at)
        added += kept.added
        changed += kept.changed
        unchanged += len(batch) - kept.added - kept.changed
    return added, changed, unchanged


def _rows(text: TextIO, zone: ZoneInfo, now_at: datetime, faults: Faults) -> Iterator[Outcome]:
    header = text.readline()
    delimiter = max(",;\t", key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise click.ClickException(
            f"row 1 names no column {', '.join(missing)}; it names {', '.join(names)}"
        )
    for number, cells in enumerate(csv.reader(text, delimiter=delimiter), start=2):
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        if not any(row.values()):
            continue
        try:
            yield _outcome(row, zone, now_at)
        except (InvalidValue, ValueError) as error:
            faults.append((number, str(error)))


def _outcome(row: dict[str, Any], zone: ZoneInfo, now_at: datetime) -> Outcome:
    empty = [name for name in _NEEDED if not row.get(name)]
    if empty:
        raise ValueError(f"{', '.join(empty)} is empty")
    value = row.get("value") or None
    try:
        number = None if value is None else float(value)
    except ValueError:
        raise ValueError(f"value {value!r} is no number such as 12.50") from None
    outcome = Outcome(
        row["respondent"],
        cast("OutcomeKind", row["kind"].lower()),  # checked with all the rest below
        instant_of(row["at"], zone),
        number,
    )
    check_outcome(outcome, now_at)
    return outcome
