"""`report SURVEY`, and the reports that have a name of their own: `report words SURVEY`."""

from typing import Any, Final

import click

from feedback_service.cli.commands.report import report as of_survey
from feedback_service.cli.reports.outcomes import outcomes
from feedback_service.cli.reports.side_by_side import compare, journey
from feedback_service.cli.reports.words import words

_NAMED: Final = {
    "outcomes": outcomes,
    "words": words,
    "journey": journey,
    "compare": compare,
}


class _Reports(click.Command):
    """Hands over to a named report when a survey follows its name, else shows the survey's."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> click.Context:
        named = _NAMED.get(args[0]) if len(args) > 1 else None
        if named is None:
            return of_survey.make_context(info_name, args, parent, **extra)
        return named.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        return ctx.command.invoke(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        return of_survey.get_short_help_str(limit)


report: Final = _Reports("report")
