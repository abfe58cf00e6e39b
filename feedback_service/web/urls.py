"""Absolute URLs: they honour FEEDBACK_PUBLIC_URL and the prefix a host app mounts us under."""

from typing import Any

from flask import current_app, request, url_for

from feedback_service.config import Settings


def settings() -> Settings:
    """Return the settings of the running app."""
    found: Settings = current_app.extensions["feedback_settings"]
    return found


def absolute(endpoint: str, **values: Any) -> str:
    """Return the URL under which people outside reach an endpoint."""
    path = url_for(endpoint, **values)
    return base() + path.removeprefix(request.script_root)


def base() -> str:
    """Return what stands before every path, without a slash at its end."""
    return settings().public_url or request.url_root.rstrip("/")
