"""The survey page on a real database, through Flask's own test client."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.usecases.service import Service
from tests.web.page.browsing import page_app


@pytest.fixture
def app(service: Service) -> Flask:
    return page_app(service)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that would keep a cookie if it were given one."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
