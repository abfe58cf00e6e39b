"""Set which pages may use a project's site keys."""

from collections.abc import Iterable

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.projects import normal_origin
from feedback_service.storage import catalog, projects
from feedback_service.usecases.service import Service

MAX_ORIGINS = 100


def set_origins(service: Service, project_id: int, origins: Iterable[str]) -> list[str]:
    """Replace a project's origins, given in any spelling; none lets every page.

    Returns them as they are stored. Raises InvalidValue.
    """
    allowed = list(dict.fromkeys(normal_origin(origin) for origin in origins))
    if len(allowed) > MAX_ORIGINS:
        raise InvalidValue(f"at most {MAX_ORIGINS} origins", "/origins")
    with service.database.write() as connection:
        projects.set_origins(connection, project_id, allowed)
        catalog.bump(connection)
    return allowed
