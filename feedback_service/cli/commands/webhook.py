"""feedback-service webhook: add, list, test, replay."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from feedback_service.cli.documents import checked
from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.storage.dispatch import webhooks
from feedback_service.usecases.setup import configure_webhook
from feedback_service.web.api.shapes import WebhookDocument

_AGO: Final = re.compile(r"(\d{1,5})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@click.group()
def webhook() -> None:
    """Webhooks: where news of answers go, signed after Standard Webhooks."""


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
@click.option(
    "--filter",
    "filter_json",
    metavar="JSON",
    help='Only some answers: \'{"survey": ["nps"], "band": ["detractor"], "score": {"max": 6}}\'',
)
@click.option("--format", metavar="NAME", help="The body's shape; standard by default.")
@click.option("--description", metavar="TEXT", help="For people.")
@project_option
@json_option
def add(filter_json: str | None, slug: str | None, as_json: bool, **given: Any) -> None:
    """Send news of answers to URL; prints the secret that signs them, this once."""
    given["events"] = list(given["events"])
    given["filter"] = None if filter_json is None else _filter(filter_json)
    filled = {name: value for name, value in given.items() if value is not None}
    document = checked(WebhookDocument, filled, "webhook")
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        added, secret = configure_webhook.add_webhook(service, project_id, document, now())
    shown = {"webhook": added.id, "url": added.url, "secret": secret}
    if as_json:
        print_json(shown)
    else:
        print_pairs(list(shown.items()))


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
                }
                for one in webhooks.every(connection, project_id, service.vault)
            ]
    if as_json:
        print_json(found)
        return
    print_table(
        ["WEBHOOK", "STATUS", "URL", "EVENTS"],
        [(one["webhook"], one["status"], one["url"], " ".join(one["events"])) for one in found],
    )


@webhook.command()
@click.argument("webhook_id", metavar="WEBHOOK")
@project_option
@json_option
def test(webhook_id: str, slug: str | None, as_json: bool) -> None:
    """Queue a webhook.test event for WEBHOOK; a dispatcher sends it at once."""
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
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


def _filter(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"this is no JSON: {error}", param_hint="--filter") from error


def _time(text: str) -> datetime:
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no time", param_hint="--since") from error
