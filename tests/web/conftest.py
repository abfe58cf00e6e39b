"""The whole app on a real database, through Flask's own test client."""

from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.usecases.service import Service
from feedback_service.web import limits
from tests.factories import SECRET_KEYS


@pytest.fixture(scope="session")
def routed() -> Flask:
    """An app without anything behind its routes, which take ten times as long to make as a test."""
    settings = Settings(database_url="sqlite://", data_dir=Path(), secret_keys=SECRET_KEYS)
    return create_app(settings, cast("Service", object()))


@pytest.fixture
def app(routed: Flask, settings: Settings, service: Service) -> Flask:
    """The app as `create_app(settings, service)` makes it."""
    for name in [name for name in routed.extensions if name.startswith("feedback")]:
        del routed.extensions[name]
    routed.extensions["feedback"] = service
    routed.extensions["feedback_settings"] = settings
    limits.install(routed, None)
    return routed


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
