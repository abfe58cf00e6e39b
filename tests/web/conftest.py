"""The whole app on a real database, through Flask's own test client."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.usecases.service import Service


@pytest.fixture
def app(settings: Settings, service: Service) -> Flask:
    return create_app(settings, service)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
