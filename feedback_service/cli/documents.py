"""Checks documents from files and options by the schemas of the HTTP API."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
from marshmallow import Schema, ValidationError


def checked(shape: type[Schema], document: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Return the document when its shape is right. Raises click.ClickException naming each fault.

    where: what the faults are in, for the message.
    """
    try:
        loaded: Mapping[str, Any] = shape().load(document)
    except ValidationError as error:
        faults = "; ".join(_faults(error.messages, ""))
        raise click.ClickException(f"{where}: {faults}") from error
    return loaded


def _faults(messages: Any, path: str) -> Iterator[str]:
    if isinstance(messages, dict):
        for name, below in messages.items():
            yield from _faults(below, f"{path}.{name}" if path else str(name))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield f"{path}: {message}"
