"""feedback-service user: create, list, link, password, role, disable, enable."""

import getpass
import secrets
from typing import Any, Final

import click

from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import chosen_project, now, opened_service
from feedback_service.cli.output import json_option, print_json, print_pairs, print_table
from feedback_service.config import Settings
from feedback_service.domain.staff import ROLES, Staff
from feedback_service.storage import projects
from feedback_service.storage.staff import people
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff import keep_staff
from feedback_service.usecases.staff.keep_staff import StaffWish

_ROLE: Final = click.Choice(ROLES)
_WAYS: Final = ("ask", "generate", "none")


@click.group()
def user() -> None:
    """Users of the dashboard: people of your team, each with a role.

    agent: reads answers and follows cases up. analyst: also leaves answers out of the figures and
    changes surveys. admin: also webhooks, keys, settings and users; and single answers
    of employees and partners, of which the others see figures of five people or more.
    """


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What they may do.")
@click.option("--project", "slug", metavar="SLUG", help="The only project they see; all without.")
@click.option(
    "--password",
    "way",
    type=click.Choice(_WAYS),
    default="none",
    show_default=True,
    help="Ask for one, make one up, or leave it to them when they come by the link.",
)
@json_option
def create(name: str, role: str, slug: str | None, way: str, as_json: bool) -> None:
    """Add NAME and print a link that lets them in once, within a day."""
    settings = settings_or_exit()
    password = _password(way)
    with opened_service(settings) as service:
        project_id = None if slug is None else chosen_project(service, slug).id
        wish = StaffWish(name, role, project_id, password)
        added = keep_staff.add_staff(service, wish, _actor(), now())
        url = login_url(settings, keep_staff.make_link(service, added.name, _actor(), now()))
    shown = {"user": added.name, "role": added.role, "login_url": url}
    if way == "generate":
        shown["password"] = password or ""
    _print(shown, as_json)


@user.command(name="list")
@json_option
def list_users(as_json: bool) -> None:
    """List the users."""
    with opened_service() as service:
        found = _listed(service)
    if as_json:
        print_json(found)
        return
    print_table(
        ["USER", "ROLE", "PROJECT", "PASSWORD", "STATE"],
        [
            (
                one["user"],
                one["role"],
                one["project"] or "all",
                "yes" if one["has_password"] else "no",
                one["state"],
            )
            for one in found
        ],
    )


@user.command()
@click.argument("name")
@json_option
def link(name: str, as_json: bool) -> None:
    """Print a link that lets NAME in once, within a day; also for a forgotten password."""
    settings = settings_or_exit()
    with opened_service(settings) as service:
        url = login_url(settings, keep_staff.make_link(service, name, _actor(), now()))
    _print({"user": name, "login_url": url}, as_json)


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Ask for a new password of NAME; their sessions end."""
    text = _password("ask")
    with opened_service() as service:
        keep_staff.set_password(service, name, text or "", _actor(), now())
    click.echo(f"{name} has a new password", err=True)


@user.command()
@click.argument("name")
@click.argument("new_role", type=_ROLE, metavar="ROLE")
def role(name: str, new_role: str) -> None:
    """Change what NAME may do."""
    with opened_service() as service:
        keep_staff.set_role(service, name, new_role, _actor(), now())
    click.echo(f"{name} is now {new_role}", err=True)


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut NAME out at once."""
    with opened_service() as service:
        keep_staff.set_disabled(service, name, _actor(), now(), disabled=True)
    click.echo(f"{name} is shut out", err=True)


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME in again."""
    with opened_service() as service:
        keep_staff.set_disabled(service, name, _actor(), now(), disabled=False)
    click.echo(f"{name} may log in again", err=True)


def login_url(settings: Settings, secret: str) -> str:
    """Return where a one-time link leads."""
    base = settings.public_url or f"http://{settings.bind}"
    return f"{base}/dashboard/link/{secret}"


def _password(way: str) -> str | None:
    if way == "ask":
        text: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return text
    return secrets.token_urlsafe(15) if way == "generate" else None


def _listed(service: Service) -> list[dict[str, Any]]:
    with service.database.read() as connection:
        slugs = {one.id: one.slug for one in projects.every(connection)}
        found = people.every(connection)
    return [_row(one, None if one.project_id is None else slugs[one.project_id]) for one in found]


def _row(one: Staff, slug: str | None) -> dict[str, Any]:
    return {
        "user": one.name,
        "role": one.role,
        "project": slug,
        "has_password": one.has_password,
        "state": "disabled" if one.disabled_at else "active",
        "created_at": one.created_at.isoformat(),
    }


def _print(shown: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(shown)
    else:
        print_pairs(list(shown.items()))


def _actor() -> str:
    """Return whom the audit log names: who sits at the machine."""
    try:
        return f"{getpass.getuser()} at the command line"[:100]
    except (KeyError, OSError):  # nobody of that number in the list of the machine's users
        return "command line"
