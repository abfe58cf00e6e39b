"""Every route says who may call it."""

from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.usecases.service import Service
from feedback_service.web.audiences import AUDIENCES

# Flask's own views of files that anybody may read.
FILES = {"page.static", "reference.static"}


def test_every_route_has_an_audience(settings: Settings, service: Service) -> None:
    app = create_app(settings, service)
    without = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "audience", None) not in AUDIENCES
    }
    assert without == FILES


def test_every_server_route_names_its_scope(settings: Settings, service: Service) -> None:
    app = create_app(settings, service)
    for view in app.view_functions.values():
        if getattr(view, "audience", None) == "server":
            assert getattr(view, "scope", None)
