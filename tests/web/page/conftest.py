"""The survey page on a real database, through Flask's own test client."""

import time

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from feedback_service.web import limits
from feedback_service.web.page.views import blueprint


@pytest.fixture
def app(service: Service) -> Flask:
    """The page alone, as any app mounts it."""
    app = Flask("page_alone", static_folder=None)
    app.extensions["feedback"] = service
    limits.install(app, None)

    @app.before_request
    def started() -> None:
        g.started_s = time.time()

    app.register_blueprint(blueprint)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that would keep a cookie if it were given one."""
    return app.test_client()
