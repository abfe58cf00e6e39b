"""The command line: one file per noun, imported when it is called, so that --help is quick."""

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import click

from feedback_service import __version__


@dataclass(frozen=True, slots=True)
class Command:
    """module: in this package; it holds the command under `attribute`."""

    module: str
    attribute: str
    help: str
    hidden: bool = False


# In the order a newcomer meets them. A new command is a line here and a function in its file.
COMMANDS: Final = {
    "demo": Command("commands.demo", "demo", "Run everything with a sample shop, to try it out."),
    "serve": Command(
        "serving.serve", "serve", "Run everything on this machine: web workers, dispatcher."
    ),
    "worker": Command(
        "serving.worker", "worker", "Run one more dispatcher, which sends the webhooks."
    ),
    "migrate": Command(
        "commands.migrate", "migrate", "Create the tables, or bring them up to date."
    ),
    "doctor": Command(
        "commands.doctor", "doctor", "Check settings, database, durability and dispatcher."
    ),
    "project": Command("commands.project", "project", "Create and list projects."),
    "key": Command("commands.key", "key", "Create, list and revoke API keys and signing keys."),
    "user": Command("commands.user", "user", "Add people to the dashboard, and let them in again."),
    "survey": Command(
        "commands.survey", "survey", "Create and change surveys from a file; put them into mails."
    ),
    "tags": Command("asking.tags", "tags", "Tag comments by lists of words."),
    "tokens": Command("asking.tokens", "tokens", "Make survey links for the people of a list."),
    "campaign": Command("asking.campaign", "campaign", "See what became of mailings."),
    "respondent": Command(
        "asking.respondent", "respondent", "Show, explain or erase what is known of a person."
    ),
    "webhook": Command("commands.webhook", "webhook", "Add, list, test and replay webhooks."),
    "report": Command(
        "reports.group", "report", "Print how a survey is doing, and how sure that is."
    ),
    "export": Command(
        "transfer.export", "export", "Write all responses to a file: CSV, NDJSON, Parquet."
    ),
    "import": Command(
        "transfer.import_", "import_", "Bring in answers collected elsewhere, from a CSV file."
    ),
    "outcomes": Command(
        "transfer.outcomes", "outcomes", "Tell what people did later, from a CSV file."
    ),
    "case": Command(
        "commands.case", "case", "List cases and move them on: low answers to follow up."
    ),
    "openapi": Command(
        "commands.openapi", "openapi", "Print the OpenAPI description of the HTTP API."
    ),
    "demo-site": Command("commands.demo_site", "demo_site", "Run the demo's shop.", hidden=True),
    "web": Command("serving.web", "web", "Run the web workers; `serve` starts this.", hidden=True),
}


class LazyGroup(click.Group):
    """Knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        module = import_module(f"feedback_service.cli.{listed.module}")
        command: click.Command = getattr(module, listed.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, listed.help) for name, listed in COMMANDS.items() if not listed.hidden]
            )


@click.group(
    cls=LazyGroup,
    epilog="Settings come from FEEDBACK_… environment variables. "
    "Exit codes: 0 done, 1 it failed (why is on stderr), 2 the command was mistyped.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="feedback-service")
def cli() -> None:
    """Collect NPS, CSAT and CES answers and pass them on.

    To look around: `feedback-service demo`.
    First steps: `feedback-service serve`, then in another terminal
    `feedback-service project create "My shop"` and `feedback-service survey apply FILE`.
    """


def main() -> Any:
    """Run the command line; the entry of the installed script."""
    return cli(prog_name="feedback-service")


if __name__ == "__main__":
    sys.exit(main())
