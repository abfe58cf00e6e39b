import pytest

from feedback_service.domain.surveys import Survey
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey


@pytest.fixture
def survey(service: Service) -> Survey:
    """An NPS survey of a project; both are the only ones."""
    return make_survey(service, make_project(service), settle_s=60, edit_window_s=900)
