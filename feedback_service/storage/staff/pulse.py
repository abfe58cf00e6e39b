"""When something of a project last changed: what an open page asks to know whether to look."""

from sqlalchemy import Connection, func, select

from feedback_service.storage.tables.cases import cases
from feedback_service.storage.tables.responses import responses


def of_project(connection: Connection, project_id: int) -> str:
    """Return a text that changes when an answer or a case does; two looks into indexes."""
    answered = connection.execute(
        select(func.max(responses.c.updated_at)).where(responses.c.project_id == project_id)
    ).scalar()
    followed = connection.execute(
        select(func.max(cases.c.updated_at)).where(cases.c.project_id == project_id)
    ).scalar()
    return f"{answered}|{followed}"
