"""What is to be followed up, most urgent first, and how far the cases of some answers are."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from feedback_service.domain.following_up.cases import Case
from feedback_service.domain.responses import Response
from feedback_service.storage.following_up.cases import Wanted, of_others
from feedback_service.storage.responses import COLUMNS, from_row
from feedback_service.storage.tables.cases import cases
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys

_COLUMNS: Final = tuple(one.name for one in cases.columns if one.name != "overdue_told")


def waiting(
    connection: Connection,
    project_id: int,
    due_before: datetime | None,
    wanted: Wanted,
    limit: int,
) -> list[tuple[Case, str, Response]]:
    """Return unresolved cases with survey key and answer, longest due first.

    due_before: only those; None for all. wanted: owner and without_versions count; after is the
    (due_at, id) of the last case of the page before.
    """
    query: Select[Any] = (
        select(
            *(cases.c[name].label(f"case_{name}") for name in _COLUMNS),
            surveys.c.key.label("survey_key"),
            *(responses.c[name] for name in COLUMNS),
        )
        .join(responses, responses.c.id == cases.c.response_id)
        .join(surveys, surveys.c.id == cases.c.survey_id)
        .where(cases.c.project_id == project_id, cases.c.status != "resolved")
        .where(of_others(wanted.without_versions))
    )
    if due_before is not None:
        query = query.where(cases.c.due_at < due_before)
    if wanted.owner is not None:
        mine = cases.c.owner == wanted.owner if wanted.owner else cases.c.owner.is_(None)
        query = query.where(mine)
    if wanted.after is not None:
        due_at, last_id = wanted.after
        query = query.where(
            or_(
                cases.c.due_at > due_at,
                and_(cases.c.due_at == due_at, cases.c.id > last_id),
            )
        )
    rows = connection.execute(query.order_by(cases.c.due_at, cases.c.id).limit(limit))
    return [(_case(row), row.survey_key, from_row(row)) for row in rows]


def due_count(connection: Connection, project_id: int, due_before: datetime, wanted: Wanted) -> int:
    """Return how many unresolved cases are due before an instant; wanted: without_versions."""
    query = select(func.count()).where(
        cases.c.project_id == project_id,
        cases.c.status != "resolved",
        cases.c.due_at < due_before,
        of_others(wanted.without_versions),
    )
    return int(connection.execute(query).scalar_one())


def statuses(connection: Connection, response_ids: Collection[str]) -> Mapping[str, str]:
    """Return response id -> status of its case, of those that have one."""
    rows = connection.execute(
        select(cases.c.response_id, cases.c.status).where(
            cases.c.response_id.in_(list(response_ids))
        )
    )
    return {row.response_id: row.status for row in rows}


def _case(row: Row[Any]) -> Case:
    return Case(**{name: getattr(row, f"case_{name}") for name in _COLUMNS})
