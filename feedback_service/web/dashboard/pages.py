"""All pages of the dashboard: importing a view puts it on the blueprint."""

from feedback_service.web.dashboard import entry
from feedback_service.web.dashboard.reading import (
    cases,
    journey,
    outcomes,
    overview,
    responses,
    segments,
    taking,
    words,
)
from feedback_service.web.dashboard.running import preview, settings, surveys, tags, users, webhooks
from feedback_service.web.dashboard.site import blueprint

VIEWS = (
    entry,
    cases,
    journey,
    outcomes,
    overview,
    responses,
    segments,
    taking,
    words,
    preview,
    settings,
    surveys,
    tags,
    users,
    webhooks,
)

__all__ = ["VIEWS", "blueprint"]
