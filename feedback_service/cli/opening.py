"""Opens what a command works with, and says in one line why it could not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from feedback_service.cli.environment import settings_or_exit
from feedback_service.config import Settings
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.domain.errors import FeedbackError
from feedback_service.domain.projects import Project
from feedback_service.storage import projects
from feedback_service.storage.engine import health
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.migrate import migrate
from feedback_service.storage.engine.vault import VaultClosed
from feedback_service.storage.errors import StorageUnavailable
from feedback_service.telemetry import configure_logging
from feedback_service.usecases.service import Service, open_service

Options = Callable[..., Any]


def project_option(command: Options) -> Options:
    """Add --project to a command."""
    return click.option(
        "--project",
        "slug",
        metavar="SLUG",
        help="The project's short name; not needed while there is only one project.",
    )(command)


@contextmanager
def opened_service(
    settings: Settings | None = None, connections: int = 4, log_level: str = "warning"
) -> Iterator[Service]:
    """Open the service on an up-to-date schema; whatever goes wrong is one line on stderr.

    connections: the most the command opens at once.
    """
    settings = settings or settings_or_exit()
    configure_logging(log_level)
    with one_line_errors():
        outbound = OutboundPolicy(settings.webhook_allow_nets, settings.webhook_allow_http)
        service = open_service(settings.database_url, settings.secret_keys, outbound, connections)
        try:
            migrated(service.database)
            yield service
        finally:
            service.database.dispose()


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """Open the database as it is, without migrating it."""
    with one_line_errors():
        database = Database(settings.database_url, connections=1)
        try:
            yield database
        finally:
            database.dispose()


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a caller or the world did wrong into a line on stderr and exit code 1."""
    try:
        yield
    except (FeedbackError, VaultClosed) as error:
        raise click.ClickException(str(error)) from error
    except StorageUnavailable as error:
        raise click.ClickException(f"the database cannot be used: {_first_line(error)}") from error
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise click.ClickException(
            "PostgreSQL needs its driver: pip install 'feedback-service[postgres]'"
        ) from error
    except OSError as error:
        raise click.ClickException(f"the database cannot be opened: {error}") from error


def migrated(database: Database) -> tuple[str | None, str | None]:
    """Bring the schema to the newest migration; returns the revisions before and after.

    Raises click.ClickException when the database is newer than this code.
    """
    newer = health.newer_schema(database)
    if newer is not None:
        raise click.ClickException(
            f"the database is at revision {newer}, made by a newer version of feedback-service: "
            "run that version or a newer one"
        )
    return migrate(database)


def chosen_project(service: Service, slug: str | None) -> Project:
    """Return the project a command is about. Raises click.ClickException when that is unclear."""
    with service.database.read() as connection:
        known = projects.every(connection)
    if not known:
        raise click.ClickException("there is no project yet: feedback-service project create NAME")
    names = ", ".join(project.slug for project in known)
    if slug is None and len(known) > 1:
        raise click.ClickException(f"say which project with --project: {names}")
    for project in known:
        if slug in {None, project.slug}:
            return project
    raise click.ClickException(f"no project {slug!r}: there is {names}")


def now() -> datetime:
    return datetime.now(UTC)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
