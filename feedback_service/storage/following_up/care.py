"""What a project sets of its follow-up and of how long deliveries are kept."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.storage.tables.cases import care


@dataclass(frozen=True, slots=True)
class Care:
    """case_due_s: how soon a case should be resolved.

    delivery_days: how long bodies, requests and replies of deliveries that arrived are kept.
    answer_days: how long names and words of answers are kept; None keeps them.
    """

    case_due_s: int = 2 * 86_400
    delivery_days: int = 30
    answer_days: int | None = None

    @property
    def case_due(self) -> timedelta:
        return timedelta(seconds=self.case_due_s)


def of_project(connection: Connection, project_id: int) -> Care:
    """Return what the project set, or the defaults."""
    row = connection.execute(select(care).where(care.c.project_id == project_id)).first()
    return Care() if row is None else Care(row.case_due_s, row.delivery_days, row.answer_days)


def save(connection: Connection, project_id: int, wanted: Care) -> None:
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = asdict(wanted)
    connection.execute(
        build(care)
        .values(project_id=project_id, **values)
        .on_conflict_do_update(index_elements=["project_id"], set_=values)
    )


def delivery_days(connection: Connection) -> dict[int, int]:
    """Return project number -> days, of the projects that set them."""
    rows = connection.execute(select(care.c.project_id, care.c.delivery_days))
    return {row.project_id: row.delivery_days for row in rows}


def answer_days(connection: Connection) -> dict[int, int]:
    """Return project number -> days, of the projects that do not keep answers for ever."""
    rows = connection.execute(
        select(care.c.project_id, care.c.answer_days).where(care.c.answer_days.is_not(None))
    )
    return {row.project_id: row.answer_days for row in rows}
