"""feedback-service tokens: issue."""

from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from feedback_service.cli.asking.progress import ProgressBar
from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.config import Settings
from feedback_service.domain.access.tokens import CHANNELS
from feedback_service.usecases.inviting.batch import plan_mailing
from feedback_service.usecases.inviting.csv_list import Columns
from feedback_service.usecases.inviting.merge_fields import Urls
from feedback_service.usecases.inviting.write_links import Files, Reached, write_links
from feedback_service.usecases.service import Service

_TOLD: Final = 20
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.group()
def tokens() -> None:
    """Survey links for mailings: a list of people in, the same list with links out."""


@tokens.command()
@click.option("--survey", required=True, metavar="KEY", help="The survey to ask.")
@click.option(
    "--csv",
    "source",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="IN",
    help="The list: CSV in UTF-8, columns named in row 1, split by comma, semicolon or tab.",
)
@click.option("--out", required=True, type=_FILE, metavar="OUT", help="The list with links.")
@click.option(
    "--campaign",
    metavar="NAME",
    help="Name of the mailing. In one campaign a person's link is the same however often it is "
    "made, takes one answer, and can be reminded of.",
)
@click.option("--id-column", metavar="COLUMN", help="Where people's ids are; guessed by its name.")
@click.option("--traits", metavar="A,B", help="Columns to keep with the answers, such as plan.")
@click.option("--locale-column", metavar="COLUMN", help="Where people's languages are: en, pt-BR.")
@click.option("--touchpoint", metavar="NAME", help="What it is about; else that of the survey.")
@click.option("--channel", type=click.Choice(CHANNELS), default="email", show_default=True)
@click.option("--expires-in", type=int, metavar="SECONDS", help="Life of the links; 90 days.")
@click.option(
    "--unanswered-only",
    is_flag=True,
    help="For a reminder: the list of the first mailing in, only those who have not answered out.",
)
@project_option
@json_option
def issue(slug: str | None, as_json: bool, **wish: Any) -> None:
    """Make a survey link for each person of a list.

    All columns of IN pass through to OUT. Added are token, token_id, url, unsubscribe_url, the
    values of the mail headers List-Unsubscribe and List-Unsubscribe-Post, and skipped: why somebody
    gets no link, such as "unsubscribed: …" (see docs/campaigns.md).

    Killed or interrupted, the same command goes on where it was. OUT appears when it is complete.
    Rows that cannot be used stay in OUT, without a link; OUT.bad.csv lists them by number.
    """
    settings = settings_or_exit()
    traits = tuple(name.strip() for name in (wish.pop("traits") or "").split(",") if name.strip())
    columns = Columns(wish.pop("id_column"), wish.pop("locale_column"), traits, "--id-column")
    files = Files(wish.pop("source"), wish.pop("out"))
    with opened_service(settings) as service:
        project_id = chosen_project(service, slug).id
        reached = _written(service, project_id, wish, columns, _urls(settings), files)
    if as_json:
        print_json(_told(files, wish, reached))
    else:
        _say(files, wish, reached)


def _written(  # what a mailing on files is made of
    service: Service,
    project_id: int,
    wish: dict[str, Any],
    columns: Columns,
    urls: Urls,
    files: Files,
) -> Reached:
    mailing = plan_mailing(service, project_id, wish)
    bar = ProgressBar(files.source.stat().st_size, "rows")
    said = False
    try:
        for reached in write_links(service, mailing, columns, urls, files, now):
            if not said:
                _say_beginning(reached)
                said = True
            bar.show(reached.read_bytes, reached.tally.rows)
    except (KeyboardInterrupt, click.Abort):
        bar.close()
        click.echo("Interrupted. The same command goes on where it was.", err=True)
        raise
    finally:
        bar.close()
    return reached


def _urls(settings: Settings) -> Urls:
    base = settings.public_url
    if base is None:
        base = f"http://{settings.bind}"
        click.echo(
            f"The links lead to {base}: set FEEDBACK_PUBLIC_URL before you send them.", err=True
        )
    return Urls(f"{base}/s/", f"{base}/u/")


def _say_beginning(reached: Reached) -> None:
    if reached.resumed_at is not None:
        click.echo(f"Going on after row {reached.resumed_at:,}.", err=True)
    if reached.id_column:
        click.echo(f"People's ids are in column {reached.id_column!r}.", err=True)


def _say(files: Files, wish: dict[str, Any], reached: Reached) -> None:
    tally, sent = reached.tally, reached.sent or 0
    click.echo(
        f"{tally.rows:,} rows: {tally.issued:,} links, {tally.skipped:,} skipped, {tally.bad:,} bad"
    )
    click.echo(f"written to {files.out}")
    if sent < tally.issued and not wish["unanswered_only"]:
        click.echo(
            f"Campaign {wish['campaign']!r} had this list before, and these are the same links: "
            f"{sent:,} of them count as sent."
        )
    if not tally.bad:
        return
    click.echo("Rows without a link because they cannot be used:", err=True)
    with files.report.open(encoding="utf-8") as report:
        for line in islice(report, 1, _TOLD + 1):
            number, _, why = line.rstrip("\n").partition(",")
            why = why[1:-1].replace('""', '"')
            click.echo(f"  row {number}: {why}", err=True)
    if tally.bad > _TOLD:
        click.echo(f"  … and {tally.bad - _TOLD:,} more", err=True)
    click.echo(f"all of them: {files.report}", err=True)


def _told(files: Files, wish: dict[str, Any], reached: Reached) -> dict[str, Any]:
    tally = reached.tally
    return {
        "survey": wish["survey"],
        "campaign": wish["campaign"],
        "rows": tally.rows,
        "issued": tally.issued,
        "skipped": tally.skipped,
        "bad": tally.bad,
        "sent": reached.sent,
        "out": str(files.out),
        "bad_rows": str(files.report) if tally.bad else None,
        "resumed_after_row": reached.resumed_at,
    }
