"""feedback-service campaign: list, show."""

from typing import Any

import click

from feedback_service.cli.opening import chosen_project, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.storage.asking import campaigns
from feedback_service.usecases.service import Service
from feedback_service.web.api.asking.replies import of_campaign


@click.group()
def campaign() -> None:
    """Campaigns: what became of the links of a mailing."""


@campaign.command(name="list")
@project_option
@json_option
def list_campaigns(slug: str | None, as_json: bool) -> None:
    """List the campaigns, the one with the newest links first."""
    with opened_service() as service:
        found = _found(service, slug, None)
    if as_json:
        print_json(found)
        return
    print_table(
        ["CAMPAIGN", "SURVEY", "SENT", "OPENED", "ANSWERED", "COMPLETED", "UNSUBSCRIBED", "RATE"],
        [
            (
                one["campaign"],
                one["survey"],
                one["sent"],
                one["opened"],
                one["answered"],
                one["completed"],
                one["unsubscribed"],
                _rate(one["response_rate"]),
            )
            for one in found
        ],
    )


@campaign.command()
@click.argument("name")
@project_option
@json_option
def show(name: str, slug: str | None, as_json: bool) -> None:
    """Show what became of the campaign NAME, each survey by itself."""
    with opened_service() as service:
        found = _found(service, slug, name)
    if not found:
        raise click.ClickException(f"no campaign {name!r}: feedback-service campaign list")
    if as_json:
        print_json(found)
        return
    for one in found:
        print_pairs(
            [(key, _rate(value) if key == "response_rate" else value) for key, value in one.items()]
        )


def _found(service: Service, slug: str | None, name: str | None) -> list[dict[str, Any]]:
    project_id = chosen_project(service, slug).id
    with service.database.read() as connection:
        return [of_campaign(one) for one in campaigns.every(connection, project_id, name)]


def _rate(rate: dict[str, Any] | None) -> str:
    if rate is None:
        return "-"
    low, high = rate["interval"]
    return f"{rate['score']:.1f} % ({low:.1f} … {high:.1f}, n = {rate['n']:,})"
