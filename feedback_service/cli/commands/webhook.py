"""feedback-service webhook: add, change, list, formats, test, replay."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from feedback_service.cli.documents import checked
from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.cli.previews import print_format, print_previews
from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.domain.alerting.pacing import MAX_PER_MINUTE
from feedback_service.storage.dispatch import webhooks
from feedback_service.usecases.setup import configure_webhook
from feedback_service.usecases.setup.preview_webhook import known_formats, preview_webhook
from feedback_service.web.api.shapes import WebhookChange, WebhookDocument

Options = Callable[..., Any]

_AGO: Final = re.compile(r"(\d{1,5})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@click.group()
def webhook() -> None:
    """Webhooks: where news of answers go, signed after Standard Webhooks."""


def document_options(command: Options) -> Options:
    """Add the options that both add and change have."""
    for option in (
        click.option("--description", metavar="TEXT", help="For people."),
        click.option(
            "--rate-per-minute",
            type=click.IntRange(1, MAX_PER_MINUTE),
            metavar="N",
            help="Begin no more attempts than this within a minute; what is over waits.",
        ),
        click.option(
            "--template",
            metavar="FILE",
            type=click.File("rb"),
            help="JSON: the words of the format you say otherwise; see webhook formats NAME.",
        ),
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="NAME:VALUE",
            help="Sent along, encrypted at rest; VALUE may be @FILE. May be repeated.",
        ),
        click.option("--format", metavar="NAME", help="The body's shape; see webhook formats."),
        click.option(
            "--filter",
            "filter_json",
            metavar="JSON",
            help='Only some answers: \'{"survey": ["nps"], "score": {"max": 6}}\'',
        ),
    ):
        command = option(command)
    return project_option(json_option(command))


@webhook.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    required=True,
    metavar="EVENT",
    help=f"May be repeated: {', '.join(EVENT_TYPES)}",
)
@document_options
def add(slug: str | None, as_json: bool, **given: Any) -> None:
    """Send news of answers to URL; prints the secret that signs them, this once."""
    document = checked(WebhookDocument, _filled(given), "webhook")
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        added, secret = configure_webhook.add_webhook(service, project_id, document, now())
    shown = {"webhook": added.id, "url": added.url, "secret": secret}
    if as_json:
        print_json(shown)
    else:
        print_pairs(list(shown.items()))


@webhook.command()
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--url", metavar="URL")
@click.option("--event", "events", multiple=True, metavar="EVENT", help="All of them, anew.")
@click.option(
    "--status",
    type=click.Choice(["active", "paused"]),
    help="paused holds its deliveries back; active sends what was held.",
)
@click.option("--any-rate", is_flag=True, help="Take the limit of --rate-per-minute off again.")
@document_options
def change(webhook_id: str, slug: str | None, as_json: bool, any_rate: bool, **given: Any) -> None:
    """Change what is named of WEBHOOK; --header replaces all headers."""
    if any_rate and given["rate_per_minute"]:
        raise click.UsageError("--any-rate and --rate-per-minute contradict each other")
    document = checked(WebhookChange, _filled(given), "webhook")
    if any_rate:
        document = {**document, "rate_per_minute": None}
    if not document:
        raise click.UsageError("say what to change, for instance --template FILE")
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        configure_webhook.change_webhook(service, project_id, webhook_id, document, now())
    if as_json:
        print_json({"webhook": webhook_id, "changed": sorted(document)})
    else:
        click.echo(f"changed {', '.join(sorted(document))}")


@webhook.command()
@click.argument("name", required=False)
@json_option
def formats(name: str | None, as_json: bool) -> None:
    """List the formats; with NAME, print what a --template FILE may say otherwise."""
    known = {one.name: one for one in known_formats()}
    if name is not None and name not in known:
        raise click.BadParameter(f"no format {name!r}: use {', '.join(known)}", param_hint="NAME")
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        print_json([asdict(one) for one in chosen])
    elif name:
        print_format(chosen[0])
    else:
        print_table(
            ["FORMAT", "MAKES", "HEADERS IT NEEDS"],
            [(one.name, one.title, ", ".join(one.headers)) for one in chosen],
        )


@webhook.command(name="list")
@project_option
@json_option
def list_webhooks(slug: str | None, as_json: bool) -> None:
    """List the webhooks, without their secrets."""
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        with service.database.read() as connection:
            found: list[dict[str, Any]] = [
                {
                    "webhook": one.id,
                    "status": one.status,
                    "reason": one.disabled_reason,
                    "url": one.url,
                    "events": list(one.events),
                    "format": one.format,
                    "description": one.description,
                    "rate_per_minute": one.rate_per_minute,
                }
                for one in webhooks.every(connection, project_id, service.vault)
            ]
    if as_json:
        print_json(found)
        return
    print_table(
        ["WEBHOOK", "STATUS", "FORMAT", "URL", "EVENTS"],
        [
            (one["webhook"], _standing(one), one["format"], one["url"], " ".join(one["events"]))
            for one in found
        ],
    )


@webhook.command()
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--show", is_flag=True, help="Print the requests it would make; send nothing.")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="EVENT",
    help="With --show: of these events instead of all it listens to. May be repeated.",
)
@project_option
@json_option
def test(
    webhook_id: str, show: bool, events: tuple[str, ...], slug: str | None, as_json: bool
) -> None:
    """Queue a webhook.test event for WEBHOOK; a dispatcher sends it at once."""
    if events and not show:
        raise click.UsageError("--event goes with --show; a test sends webhook.test")
    settings = settings_or_exit()
    with opened_service(settings) as service:
        project_id = chosen_project(service, slug).id
        if show:
            shown = preview_webhook(
                service, project_id, webhook_id, events, settings.public_url, now()
            )
            print_previews(shown, as_json=as_json)
            return
        delivery = configure_webhook.test_webhook(service, project_id, webhook_id, now())
    if as_json:
        print_json({"delivery": delivery})
    else:
        click.echo(delivery)


@webhook.command()
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option(
    "--since",
    required=True,
    metavar="TIME",
    help="2026-11-24, 2026-11-24T08:00:00+01:00 (UTC without a zone), or ago: 90m, 12h, 3d.",
)
@project_option
@json_option
def replay(webhook_id: str, since: str, slug: str | None, as_json: bool) -> None:
    """Send WEBHOOK once more what happened since a time: same ids, same bytes."""
    start = _time(since)
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        queued = configure_webhook.replay(service, project_id, webhook_id, start, now())
    if as_json:
        print_json({"queued": queued})
    else:
        click.echo(f"{queued} deliveries queued")


def _standing(one: dict[str, Any]) -> str:
    return f"{one['status']}: {one['reason']}" if one["reason"] else str(one["status"])


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """Return the document that the options make, without what was not given."""
    headers, events = given.pop("headers"), list(given.pop("events"))
    filter_json, template = given.pop("filter_json"), given.pop("template")
    given |= {
        "events": events or None,
        "headers": dict(_header(text) for text in headers) or None,
        "filter": None if filter_json is None else _parsed(filter_json, "--filter"),
        "template": None if template is None else _parsed(template.read(), "--template"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    value = value.strip()
    if not colon or not value:
        raise click.BadParameter(f"{name!r} is not NAME:VALUE", param_hint="--header")
    if value.startswith("@"):
        try:
            value = Path(value[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"{value[1:]}: {error}", param_hint="--header") from error
    return name.strip(), value


def _parsed(text: str | bytes, option: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"this is no JSON: {error}", param_hint=option) from error


def _time(text: str) -> datetime:
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no time", param_hint="--since") from error
