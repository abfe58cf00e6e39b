"""A project with a survey, and its owner."""

import pytest

from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.web.calling import Headers, bearer


@pytest.fixture
def project(service: Service) -> int:
    number = make_project(service)
    make_survey(service, number)
    return number


@pytest.fixture
def owner(service: Service, project: int) -> Headers:
    return bearer(service, project)
