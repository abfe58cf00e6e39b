"""feedback-service serve: everything on one machine."""

import os
import shutil
import sys
from pathlib import Path

import click

from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.serving.processes import Program, Supervisor, run_once
from feedback_service.config import Settings


@click.command()
@click.option(
    "--no-worker",
    is_flag=True,
    help="Only the web workers; run `feedback-service worker` elsewhere.",
)
def serve(no_worker: bool) -> None:
    """Run the service: web workers and one dispatcher for webhooks.

    Brings the database up to date first, and refuses to start when it could lose answers it has
    acknowledged. FEEDBACK_BIND says where to listen (127.0.0.1:8000), FEEDBACK_WORKERS and
    FEEDBACK_THREADS with how much. SIGTERM and Ctrl-C end it well; a second one ends it at once.
    """
    settings = settings_or_exit()
    prepare_metrics(settings)
    if run_once(["migrate", "--require-durable"]) != 0:
        sys.exit(1)
    programs = [Program("web", ("web",), vital=True)]
    if not no_worker:
        programs.append(Program("dispatcher", ("worker",)))
    sys.exit(Supervisor(programs, _say).run())


def prepare_metrics(settings: Settings) -> None:
    """Give the processes an empty folder to share their counters in; one per port."""
    given = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    port = settings.bind.rpartition(":")[2]
    folder = Path(given) if given else settings.data_dir.absolute() / "metrics" / port
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if given is None:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.db"):
            left.unlink()
    except OSError as error:
        raise click.ClickException(f"metrics cannot be kept in {folder}: {error}") from error
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _say(what: str) -> None:
    click.echo(f"feedback-service serve: {what}", err=True)
