"""The dashboard with somebody logged in, on a real database, through Flask's own test client."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.dashboard.browsing import Visitor

LogIn = Callable[..., Visitor]


@pytest.fixture
def project_id(service: Service) -> int:
    return make_project(service)


@pytest.fixture
def nps(service: Service, project_id: int) -> Survey:
    return make_survey(service, project_id)


@pytest.fixture
def log_in(service: Service, app: Flask, project_id: int) -> LogIn:
    """Log somebody of a role in, in a browser of their own."""

    def enter(role: str = "admin", only: int | None = None, name: str | None = None) -> Visitor:
        client: FlaskClient = app.test_client()
        return Visitor.of_role(service, client, role, only, name or f"one {role}")

    return enter
