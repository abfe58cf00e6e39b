"""feedback-service survey: apply, email."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from feedback_service.cli.documents import checked, read_document
from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json
from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.surveys import check_key
from feedback_service.mailing.links import SENDERS
from feedback_service.mailing.mail import FORMATS, Format, Wish, mail
from feedback_service.storage import surveys
from feedback_service.usecases.service import Service
from feedback_service.usecases.setup.configure_survey import (
    definition_of,
    find_survey,
    put_survey,
)
from feedback_service.usecases.visiting.find_site_key import find_site_key
from feedback_service.web.api.shapes import SurveyDocument
from feedback_service.web.qr import FORMATS as QR_FORMATS
from feedback_service.web.qr import open_link_path, qr_code


@click.group()
def survey() -> None:
    """Surveys: what is asked, kept in a file beside your code."""


@survey.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@project_option
@json_option
def apply(file: Path, slug: str | None, as_json: bool) -> None:
    """Create or change the surveys described in FILE (.toml or .json).

    The file holds one survey, a list of them, or a list named "surveys" (in TOML: [[surveys]]).
    Each has a "key" and the fields of PUT /v1/surveys/{key}, of which only "metric" is required:

    \b
      key = "after-support"
      metric = "csat"
      subject = "our support"

    Applying the same file again changes nothing; a change makes a new version, and answers stay
    with the version they were given to. When one survey is faulty, none is applied.
    """
    documents = _documents(file)
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        applied = [
            _apply(service, project_id, key, document) for key, document in documents.items()
        ]
    if as_json:
        print_json(applied)
        return
    for one in applied:
        click.echo(f"{one['result']:<9}  {one['survey']}  version {one['version']}")


@survey.command()
@click.argument("key")
@click.option("--format", "form", type=click.Choice(FORMATS), default="html", show_default=True)
@click.option("--locale", metavar="TAG", help="The language, such as de; English when left out.")
@click.option(
    "--sender", type=click.Choice(list(SENDERS)), help="Whose merge tags stand for the links."
)
@click.option("--link", help="Instead of a sender: one person's URL, or another merge tag.")
@click.option("--unsubscribe", help="Goes with --link; found by itself for a link of ours.")
@click.option("--full", is_flag=True, help="A whole mail instead of a block for one.")
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="A file."
)
@project_option
def email(
    key: str,
    form: Format,
    out: Path | None,
    slug: str | None,
    **rest: Any,
) -> None:
    """Print a survey as a block for a mail: the question with one link per score.

    Without --sender and --link the links are {{{url}}} and {{{unsubscribe_url}}}, as the CSV of
    `tokens issue` calls its columns. To look at it: --full --out mail.html.
    """
    with opened_service() as service:
        project = chosen_project(service, slug)
        definition = find_survey(service, project.id, key).definition
        source = mail(definition, project.name, Wish(format=form, **rest))
    if out is None:
        click.echo(source, nl=False)
        return
    try:
        out.write_text(source, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {out}")


@survey.command()
@click.argument("key")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file, .svg or .png.",
)
@click.option("--touchpoint", help="Where the code hangs, such as store-7; kept with each answer.")
@click.option("--campaign", help="Kept with each answer.")
@click.option("--locale", metavar="TAG", help="The page's language; else the browser's.")
@click.option("--kiosk", is_flag=True, help="For a screen on a stand that many people use.")
@click.option("--test", is_flag=True, help="Of a test site key: its answers never count.")
@project_option
def qr(key: str, out: Path, slug: str | None, *, test: bool, **rest: Any) -> None:
    """Draw the QR code of a survey's open link, which anybody may answer.

    It is sharp at any size as .svg; with a quarter of it torn off it still can be read.
    """
    form = next((form for form in QR_FORMATS if out.suffix.lower() == f".{form}"), None)
    if form is None:
        raise click.BadParameter("end the name in .svg or .png", param_hint="--out")
    settings = settings_or_exit()
    with opened_service(settings) as service:
        project_id = chosen_project(service, slug).id
        survey_key = find_survey(service, project_id, key).key
        site_key = find_site_key(service, project_id, test=test)
    base = settings.public_url or f"http://{settings.bind}"
    if settings.public_url is None:
        click.echo(
            f"The code leads to {base}: set FEEDBACK_PUBLIC_URL before you print it.", err=True
        )
    url = base + open_link_path(site_key, survey_key, **rest)
    try:
        out.write_bytes(qr_code(url, form))
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    click.echo(url)


def _apply(
    service: Service, project_id: int, key: str, document: Mapping[str, Any]
) -> dict[str, Any]:
    with service.database.read() as connection:
        before = surveys.current(connection, project_id, key)
    after, created = put_survey(service, project_id, key, document, now())
    result = "created" if created else "unchanged" if after == before else "changed"
    return {"survey": key, "result": result, "version": after.version, "status": after.status}


def _documents(file: Path) -> dict[str, Mapping[str, Any]]:
    """Return key -> document, all of them checked, so that a late fault does not come too late."""
    read = read_document(file)
    listed = read.get("surveys", [read]) if isinstance(read, dict) else read
    if not isinstance(listed, list) or not listed:
        raise click.ClickException(f"{file}: there is no survey in it")
    found: dict[str, Mapping[str, Any]] = {}
    for number, document in enumerate(listed, 1):
        key = document.get("key") if isinstance(document, dict) else None
        if not isinstance(key, str):
            raise click.ClickException(f'{file}: survey {number} needs a "key", a text')
        if key in found:
            raise click.ClickException(f"{file}: {key!r} is there twice")
        rest = {name: value for name, value in document.items() if name != "key"}
        found[key] = checked(SurveyDocument, rest, f"{file}: survey {key!r}")
        try:
            check_key(key)
            definition_of(found[key])
        except FeedbackError as error:
            raise click.ClickException(f"{file}: survey {key!r}: {error}") from error
    return found
