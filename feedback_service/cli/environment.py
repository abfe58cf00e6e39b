"""Reads the settings for a command, or ends it with every fault listed."""

import os

import click

from feedback_service.config import Settings, SettingsError, load_settings


def settings_or_exit() -> Settings:
    """Return the settings. Raises click.ClickException."""
    try:
        return load_settings(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
