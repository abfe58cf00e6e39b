"""feedback-service project: create, list."""

from dataclasses import asdict
from typing import Any

import click

from feedback_service.cli.opening import chosen_project, now, opened_service, project_option
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.storage import projects
from feedback_service.usecases.setup.found_project import found_project
from feedback_service.usecases.setup.set_policy import set_contact_policy


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


@project.command()
@click.option("--after-answer", type=int, metavar="DAYS", help="Rest after an answer, per metric.")
@click.option("--after-decline", type=int, metavar="DAYS", help="Rest after a decline, per metric.")
@click.option("--cap", type=int, metavar="N", help="At most N surveys, all metrics together …")
@click.option("--cap-days", type=int, metavar="DAYS", help="… in so many days.")
@click.option("--reset", is_flag=True, help="Back to the defaults: 90, 30, 3 in 30.")
@project_option
@json_option
def policy(slug: str | None, as_json: bool, reset: bool, **wanted: int | None) -> None:
    """Show or change the contact policy: how soon a person is asked again. 0 switches a rule off.

    It counts what a person answered or declined, and holds for mails, API and widget alike.
    """
    given = {
        "after_answer_days": wanted["after_answer"],
        "after_decline_days": wanted["after_decline"],
        "cap": wanted["cap"],
        "cap_days": wanted["cap_days"],
    }
    changes = {name: days for name, days in given.items() if days is not None}
    with opened_service() as service:
        project_id = chosen_project(service, slug).id
        stands = set_contact_policy(service, project_id, changes, reset=reset)
    if as_json:
        print_json(asdict(stands))
        return
    print_pairs([(name, days or "off") for name, days in asdict(stands).items()])


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
