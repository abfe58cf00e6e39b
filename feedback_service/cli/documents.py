"""Reads documents from files, and checks them by the schemas of the HTTP API."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
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


def read_document(file: Path) -> Any:
    """Return what a .toml or .json file holds. Raises click.ClickException."""
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        kind = "TOML" if file.suffix == ".toml" else "JSON"
        raise click.ClickException(f"{file} is no {kind}: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error


def _faults(messages: Any, path: str) -> Iterator[str]:
    if isinstance(messages, dict):
        for name, below in messages.items():
            yield from _faults(below, f"{path}.{name}" if path else str(name))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield f"{path}: {message}"
