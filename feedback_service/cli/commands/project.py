"""feedback-service project: create, list."""

from typing import Any

import click

from feedback_service.cli.opening import now, opened_service
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.storage import projects
from feedback_service.usecases.setup.found_project import found_project


@click.group()
def project() -> None:
    """Projects: one per brand or site, each with its own keys, surveys and webhooks."""


@project.command()
@click.argument("name")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="Pages that may use the site key, such as https://shop.example or "
    "https://*.shop.example; may be repeated. Without it every page may.",
)
@click.option(
    "--timezone", default="UTC", show_default=True, metavar="TZ", help="For reports by day."
)
@json_option
def create(name: str, origins: tuple[str, ...], timezone: str, as_json: bool) -> None:
    """Create the project NAME and print its keys.

    The secret key is for your back end, the test key for trying things out (its answers never
    count): both are shown this once. The site key stands in your pages and is no secret.
    """
    with opened_service() as service:
        founded = found_project(service, name, origins, timezone, now())
    keys = {
        "project": founded.project.slug,
        "secret_key": founded.secret_key,
        "site_key": founded.site_key,
        "test_key": founded.test_key,
    }
    if as_json:
        print_json(keys)
        return
    print_pairs(list(keys.items()))
    click.echo("Keep secret_key and test_key now: they are not shown again.", err=True)


@project.command(name="list")
@json_option
def list_projects(as_json: bool) -> None:
    """List the projects, oldest first, with their site keys."""
    with opened_service() as service, service.database.read() as connection:
        found: list[dict[str, Any]] = [
            {
                "project": one.slug,
                "name": one.name,
                "timezone": one.timezone,
                "origins": list(one.origins),
                "site_key": projects.site_key_text(connection, one.id),
                "created_at": one.created_at.isoformat(),
            }
            for one in projects.every(connection)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ["PROJECT", "NAME", "TIMEZONE", "ORIGINS", "SITE KEY"],
        [
            (
                one["project"],
                one["name"],
                one["timezone"],
                " ".join(one["origins"]) or "any",
                one["site_key"] or "-",
            )
            for one in found
        ],
    )
