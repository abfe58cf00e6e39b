"""One project that asks for its reports."""

import pytest

from feedback_service.usecases.service import Service
from tests.factories import make_project
from tests.web.calling import Headers, bearer


@pytest.fixture
def shop(service: Service) -> int:
    return make_project(service)


@pytest.fixture
def owner(service: Service, shop: int) -> Headers:
    return bearer(service, shop)
