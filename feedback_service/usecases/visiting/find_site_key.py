"""Find the site key that a project's open links carry."""

from feedback_service.domain.errors import NotFound
from feedback_service.storage import projects
from feedback_service.usecases.service import Service


def find_site_key(service: Service, project_id: int, *, test: bool = False) -> str:
    """Return the text of the newest site key in force. Raises NotFound when there is none."""
    with service.database.read() as connection:
        text = projects.site_key_text(connection, project_id, test=test)
    if text is None:
        raise NotFound(
            "this project has no site key for an open link: "
            "make one with `feedback-service key create --site`"
        )
    return text
