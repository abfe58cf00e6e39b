"""create_app: the WSGI application, built from settings."""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from feedback_service.config import Settings
from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.usecases.service import Service, open_service
from feedback_service.web import errors, limits, observing, wire
from feedback_service.web.api import register
from feedback_service.web.dashboard import pages as dashboard
from feedback_service.web.ops import probes, reference
from feedback_service.web.page import views as page
from feedback_service.web.widget import script


def create_app(settings: Settings, service: Service | None = None) -> Flask:
    """Return the app; mount it under a prefix with DispatcherMiddleware if you like.

    service: shared by several apps of one process; opened from the settings when not given.
    Call it after fork: it opens the database.
    """
    app = _App("feedback_service", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.config["MAX_CONTENT_LENGTH"] = wire.MAX_BODY_BYTES
    app.extensions["feedback"] = service or open_service_for(settings)
    app.extensions["feedback_settings"] = settings
    limits.install(app, settings.rate_limit_url)
    errors.install(app)

    observing.install(app, lines=settings.log_level in {"debug", "info"})
    wire.install(app)
    register.install(app)
    for audience in (page, script, probes, reference, dashboard):
        app.register_blueprint(audience.blueprint)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
    return app


_MOST_CONNECTIONS: Final = 16


class _App(Flask):
    """Flask without its look, six times a request, whether a function is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function; none of ours is async."""
        return func


def open_service_for(settings: Settings) -> Service:
    """Open the database and keys the settings name."""
    outbound = OutboundPolicy(
        allow_nets=settings.webhook_allow_nets, allow_http=settings.webhook_allow_http
    )
    return open_service(
        settings.database_url,
        settings.secret_keys,
        outbound,
        # Answers share one; the rest read for milliseconds. PostgreSQL admits 100 by default, to
        # all processes together.
        connections=min(settings.threads, _MOST_CONNECTIONS),
    )
