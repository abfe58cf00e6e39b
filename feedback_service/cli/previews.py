"""Prints what webhooks would send, and how formats can be changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from feedback_service.cli.output import print_json
from feedback_service.usecases.setup.preview_webhook import Described, Preview


def print_previews(shown: Sequence[Preview], *, as_json: bool) -> None:
    """Print requests as HTTP has them, their JSON indented; nothing was sent."""
    if as_json:
        print_json([asdict(one) for one in shown])
        return
    for one in shown:
        click.echo(f"# {one.event}", err=True)
        if one.asks_first:
            click.echo(f"GET {one.asks_first}")
            click.echo("(the id it finds takes the place of email:… below)\n")
        click.echo(f"{one.method} {one.url}")
        for name, value in one.headers.items():
            click.echo(f"{name}: {value}")
        is_text = isinstance(one.body, str)
        text = one.body if is_text else json.dumps(one.body, indent=2, ensure_ascii=False)
        click.echo(f"\n{text}\n")


def print_format(one: Described) -> None:
    """Print a format: what it needs to stderr, its words as JSON to stdout, to be edited."""
    needs = [(f"header {name}", form) for name, form in one.headers.items()]
    for name, value in [("makes", one.title), ("URL", one.example), *needs]:
        click.echo(f"{name}: {value}", err=True)
    if one.words is None:
        click.echo("its body cannot be changed", err=True)
    else:
        print_json(dict(one.words))
