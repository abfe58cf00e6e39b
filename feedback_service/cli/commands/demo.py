"""feedback-service demo: a shop that uses the service, with a past, to try everything on."""

import errno
import os
import socket
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import click
import requests

from feedback_service.cli.commands.user import login_url
from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import now, opened_service
from feedback_service.cli.serving.processes import Program, Supervisor
from feedback_service.cli.serving.serve import prepare_metrics
from feedback_service.config import Settings
from feedback_service.demo.following_up import open_cases
from feedback_service.demo.keys import keep_keys, kept_keys, keys_path
from feedback_service.demo.long_past.writing import write_past
from feedback_service.demo.places import NoPlace, Places, places_of
from feedback_service.demo.seed import Past, Seeded, seed
from feedback_service.storage.staff import people
from feedback_service.usecases.invite import invite
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff.keep_staff import StaffWish, add_staff, make_link

_LOOPBACK: Final = "127.0.0.0/8"
_START_S: Final = 60
_STAFF: Final = "demo"
# Of SQLite and of our queue of writers, beside the database itself.
_SUFFIXES: Final = ("", "-wal", "-shm", "-journal", ".lock")


@click.command()
@click.option("--reset", is_flag=True, help="Delete the demo's database and keys first.")
@click.option("--no-serve", is_flag=True, help="Only make the sample data and print the keys.")
@click.option(
    "--answers",
    type=click.IntRange(1_000, 5_000_000),
    help="Make up this many answers over two years, to more surveys, instead of 300 over 90 days; "
    "for a new demo, or together with --reset.",
)
def demo(reset: bool, no_serve: bool, answers: int | None) -> None:
    """Run the service with a sample shop: surveys, made-up answers, a page with the widget.

    The demo has a database of its own, demo.db in FEEDBACK_DATA_DIR, on SQLite; your answers are
    not touched, not even by --reset. The shop listens one port above FEEDBACK_BIND. Webhooks may
    lead to this machine here, which `serve` refuses unless told otherwise. Ctrl-C ends it all.
    """
    given = settings_or_exit()
    try:
        places = places_of(given)
    except NoPlace as error:
        raise click.ClickException(str(error)) from error
    settings = _demo_settings(given, places)
    taken = _taken(places)
    if taken and (reset or not no_serve):
        raise click.ClickException(f"port {taken} is in use: end what runs there first")
    if reset:
        _wipe(settings)
    with opened_service(settings) as service:
        kept = kept_keys(keys_path(settings.data_dir))
        seeded = seed(service, places, kept, now(), _long_past(answers) if answers else None)
        keep_keys(keys_path(settings.data_dir), seeded.keys)
        if answers and not seeded.added:
            raise click.ClickException("this demo has answers already: add --reset to start over")
        if seeded.added and not answers:
            open_cases(service, seeded.project.id, now())
        link = _survey_link(service, seeded, places, now())
        login = login_url(settings, _login_link(service, now()))
    report = _report(settings, places, seeded, (link, login))
    if no_serve:
        click.echo(report)
        return
    sys.exit(_served(settings, places, report))


def _long_past(answers: int) -> Past:
    def written(service: Service, project_id: int, at: datetime) -> int:
        with click.progressbar(length=answers, label="Making up answers", file=sys.stderr) as bar:
            return write_past(service, project_id, answers, at, bar.update)

    return written


def database_path(data_dir: Path) -> Path:
    return data_dir.absolute() / "demo.db"


def _demo_settings(given: Settings, places: Places) -> Settings:
    return replace(
        given,
        database_url=f"sqlite:///{database_path(given.data_dir)}",
        public_url=places.service,
        webhook_allow_nets=(ip_network(_LOOPBACK),),
        webhook_allow_http=True,
    )


def _wipe(settings: Settings) -> None:
    path = database_path(settings.data_dir)
    for suffix in _SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    keys_path(settings.data_dir).unlink(missing_ok=True)


def _taken(places: Places) -> int | None:
    """Return which of the two ports somebody listens on already, None when both are free."""
    for port in (places.port - 1, places.port):
        with socket.socket() as visitor:
            if visitor.connect_ex(("127.0.0.1", port)) != errno.ECONNREFUSED:
                return port
    return None


def _survey_link(service: Service, seeded: Seeded, places: Places, at: datetime) -> str:
    invitation = invite(service, seeded.project.id, {"survey": "csat"}, at)
    return f"{places.service}/s/{invitation.token}"


def _login_link(service: Service, at: datetime) -> str:
    """Return the secret of a link into the dashboard, for an admin that is added when missing."""
    with service.database.read() as connection:
        known = people.named(connection, _STAFF)
    if known is None:
        add_staff(service, StaffWish(_STAFF, "admin"), "feedback-service demo", at)
    return make_link(service, _STAFF, "feedback-service demo", at)


def _served(settings: Settings, places: Places, report: str) -> int:
    """Run service and shop until Ctrl-C; returns the exit code."""
    os.environ |= {
        "FEEDBACK_DATABASE_URL": settings.database_url,
        "FEEDBACK_PUBLIC_URL": places.service,
        "FEEDBACK_WEBHOOK_ALLOW_NETS": _LOOPBACK,
        "FEEDBACK_WEBHOOK_ALLOW_HTTP": "true",
    }
    os.environ.setdefault("FEEDBACK_LOG_LEVEL", "warning")
    prepare_metrics(settings)
    programs = [
        Program("web", ("web",), vital=True),
        Program("dispatcher", ("worker",)),
        Program("shop", ("demo-site",), vital=True),
    ]
    click.echo("Starting …", err=True)
    supervisor = Supervisor(programs, _say)
    threading.Thread(target=_print_when_up, args=(places, report), daemon=True).start()
    return supervisor.run()


def _print_when_up(places: Places, report: str) -> None:
    deadline = time.monotonic() + _START_S
    while not (_answers(f"{places.api}/healthz") and _answers(places.receiver)):
        if time.monotonic() > deadline:
            _say(f"service and shop do not both answer after {_START_S} s")
            return
        time.sleep(0.2)
    click.echo(report)
    click.echo("\nCtrl-C ends the demo.")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _report(settings: Settings, places: Places, seeded: Seeded, links: tuple[str, str]) -> str:
    """links: of a survey, and into the dashboard."""
    link, login = links
    path = database_path(settings.data_dir)
    made = f"{seeded.added} made-up answers added" if seeded.added else "kept from an earlier run"
    return f"""
Demo Shop ({made})

  Try these, in this order
    Webhooks as they arrive   {places.receiver}
    Shop page, widget         {places.shop}/
    A mail with a score row   {places.shop}/mail
    A survey link (CSAT)      {link}
    Dashboard, by this once   {login}
    API documentation         {places.service}/docs

  Keys of project {seeded.project.slug}
    secret_key      {seeded.keys.secret_key}
    site_key        {seeded.keys.site_key}
    webhook_secret  {seeded.keys.webhook_secret}
    These are for the demo only; the shop reads them from
    {keys_path(settings.data_dir).absolute()} (mode 600).

  Database  {path}
    Other commands see it with FEEDBACK_DATABASE_URL=sqlite:///{path}"""


def _say(what: str) -> None:
    click.echo(f"feedback-service demo: {what}", err=True)
