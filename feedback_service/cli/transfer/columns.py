"""Columns of a file, as a command is told of them."""

from collections.abc import Iterable

import click


def named_columns(pairs: Iterable[str]) -> dict[str, str]:
    """Return field -> column of --map FIELD=COLUMN. Raises BadParameter."""
    named = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or not column:
            raise click.BadParameter(
                f"{pair!r}: write FIELD=COLUMN, as score=Rating", param_hint="--map"
            )
        named[name] = column
    return named
