"""The yardstick: a bare Flask hello under exactly the gunicorn settings of the service."""

import os

from flask import Flask

from feedback_service.cli.serving.web import _Web  # its settings are what must be the same
from feedback_service.config import load_settings
from feedback_service.telemetry import configure_logging


class _Hello(_Web):
    def load(self) -> Flask:
        """Return an app of one route that does nothing."""
        app = Flask("hello")
        app.add_url_rule("/", "hello", lambda: "hello")
        return app


if __name__ == "__main__":
    settings = load_settings(os.environ)
    configure_logging(settings.log_level)
    _Hello(settings).run()
