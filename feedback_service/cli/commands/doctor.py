"""feedback-service doctor."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from feedback_service import telemetry
from feedback_service.cli.opening import now
from feedback_service.cli.output import json_option, print_json
from feedback_service.cli.serving.machine import file_system_of, readable_by_others
from feedback_service.config import Settings, SettingsError, load_settings
from feedback_service.storage.engine import health
from feedback_service.storage.engine.database import Database
from feedback_service.storage.engine.health import Check
from feedback_service.storage.errors import StorageUnavailable

_SIGNS: Final = {"ok": "✓", "warning": "!", "wrong": "✗"}
# As /proc/mounts calls them. Their locks and syncs do not reach the disk as SQLite needs it.
_NETWORK_FILE_SYSTEMS: Final = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"),
    *("fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs", "fuse.gcsfuse"),
}


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check that answers are safe here and news get out; changes nothing.

    Looks at the settings, the data directory, the database's durability and schema, and whether a
    dispatcher is alive. Exit code 1 when something is wrong; warnings leave it 0.
    """
    telemetry.configure_logging("error")
    checks = list(_checks())
    wrong = [check for check in checks if check.state == "wrong"]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            click.echo(f"{_SIGNS[check.state]} {check.name.ljust(width)}  {check.found}")
            if check.fix:
                click.echo(f"  {' ' * width}  -> {check.fix}")
    sys.exit(1 if wrong else 0)


def _checks() -> Iterator[Check]:
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        for fault in str(error).splitlines():
            yield Check("settings", "wrong", fault, "mend this variable of the environment")
        return
    yield Check("settings", "ok", "readable")
    yield _public_url(settings)
    yield _data_dir(settings.data_dir)
    yield from _of_database(settings)


def _public_url(settings: Settings) -> Check:
    if settings.public_url:
        return Check("public URL", "ok", settings.public_url)
    fix = "set FEEDBACK_PUBLIC_URL=https://…: links in mails and webhooks need it"
    return Check("public URL", "warning", "not set", fix)


def _data_dir(folder: Path) -> Check:
    if not folder.is_dir():
        return Check("data directory", "ok", f"{folder} (not made yet)")
    secret = folder / "secret_key"
    if secret.is_file() and readable_by_others(secret):
        return Check(
            "data directory", "wrong", f"every user can read {secret}", f"chmod 600 {secret}"
        )
    if readable_by_others(folder):
        fix = f"chmod 750 {folder}"
        return Check("data directory", "warning", f"every user can list {folder}", fix)
    return Check("data directory", "ok", str(folder))


def _of_database(settings: Settings) -> Iterator[Check]:
    if settings.database_url.startswith("sqlite"):
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        if not file.is_file():
            yield Check("database", "wrong", f"no file {file}", "feedback-service migrate")
            return
        yield _file_system(file)
    try:
        database = Database(settings.database_url, connections=1)
    except ModuleNotFoundError as error:
        fix = "pip install 'feedback-service[postgres]'"
        yield Check("database", "wrong", f"the driver {error.name} is missing", fix)
        return
    try:
        yield from health.durability(database)
        yield from health.readiness(database, now())
    except StorageUnavailable as error:
        fix = "see that it runs, and that FEEDBACK_DATABASE_URL is right"
        yield Check("database", "wrong", str(error).strip().partition("\n")[0], fix)
    finally:
        database.dispose()


def _file_system(file: Path) -> Check:
    kind = file_system_of(file)
    if kind in _NETWORK_FILE_SYSTEMS:
        fix = "keep SQLite on a local disk, or use PostgreSQL"
        return Check("file system", "warning", f"{file} lies on {kind}, over a network", fix)
    return Check("file system", "ok", kind or "unknown")
