"""feedback-service migrate."""

import click

from feedback_service.cli.environment import settings_or_exit
from feedback_service.cli.opening import migrated, opened_database
from feedback_service.storage.engine import health


@click.command()
@click.option(
    "--require-durable",
    is_flag=True,
    help="Then fail unless the database keeps what it has acknowledged through a power cut.",
)
def migrate(require_durable: bool) -> None:
    """Create the tables, or bring them up to date.

    Safe to run at any time and from several machines at once: the second finds nothing to do.
    Every other command that needs the database does this by itself.
    """
    with opened_database(settings_or_exit()) as database:
        before, after = migrated(database)
        wrong = [c for c in health.durability(database) if require_durable and c.state == "wrong"]
    if before == after:
        click.echo(f"schema at {after}, nothing to do", err=True)
    else:
        click.echo(f"schema migrated from {before or 'nothing'} to {after}", err=True)
    if wrong:
        faults = "; ".join(f"{check.name} is {check.found}: {check.fix}" for check in wrong)
        raise click.ClickException(f"answers would not be safe in this database: {faults}")
