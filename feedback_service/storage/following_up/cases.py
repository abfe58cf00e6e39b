"""Cases and their history."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.domain.following_up.cases import Case, CaseStatus, Entry
from feedback_service.domain.following_up.closing import Course
from feedback_service.storage.responses import COLUMNS as RESPONSE_COLUMNS
from feedback_service.storage.responses import from_row as response_from_row
from feedback_service.storage.tables.cases import case_history, cases
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.surveys import surveys

_COLUMNS: Final = tuple(c.name for c in cases.columns if c.name != "overdue_told")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows; None lets everything through.

    overdue_at: the time at which they are overdue (or, with overdue False, are not).
    owner: "" means nobody's. after: (opened_at, id) of the last case of the page before.
    without_versions: survey versions whose answers' cases are left out.
    """

    status: CaseStatus | None = None
    owner: str | None = None
    survey: str | None = None
    overdue: bool | None = None
    overdue_at: datetime | None = None
    after: tuple[datetime, str] | None = None
    without_versions: frozenset[int] = frozenset()


def open_case(connection: Connection, case: Case, entry: Entry) -> bool:
    """Insert a case with the first line of its history; False when the response has one.

    Two that open at once: the unique constraint lets exactly one insert.
    """
    build: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = build(cases).values(asdict(case))
    found = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["response_id"]).returning(cases.c.id)
    ).first()
    if found is None:
        return False
    add_entry(connection, case.id, entry)
    return True


def of_response(
    connection: Connection, project_id: int, response_id: str, *, locked: bool = False
) -> Case | None:
    """Return a response's case; locked: until the transaction ends (PostgreSQL)."""
    query = select(*_selected()).where(
        cases.c.project_id == project_id, cases.c.response_id == response_id
    )
    if locked:
        query = query.with_for_update()
    row = connection.execute(query).first()
    return None if row is None else _case(row)


def save(connection: Connection, case: Case) -> None:
    """Write a changed case over its row."""
    values = asdict(case)
    del values["id"]
    connection.execute(update(cases).where(cases.c.id == case.id).values(values))


def add_entry(connection: Connection, case_id: str, entry: Entry) -> None:
    connection.execute(insert(case_history).values(case_id=case_id, **asdict(entry)))


def history(connection: Connection, case_id: str) -> list[Entry]:
    """Return what was done about a case, oldest first."""
    rows = connection.execute(
        select(case_history).where(case_history.c.case_id == case_id).order_by(case_history.c.id)
    )
    return [Entry(row.at, row.actor, row.changes, row.note) for row in rows]


def page(
    connection: Connection, project_id: int, wanted: Wanted, limit: int
) -> list[tuple[Case, str, Any]]:
    """Return (case, survey key, response) triples, newest case first."""
    query = _of_survey(
        select(
            *(cases.c[name].label(f"case_{name}") for name in _COLUMNS),
            surveys.c.key.label("survey_key"),
            *(responses.c[name] for name in RESPONSE_COLUMNS),
        )
        .join(responses, responses.c.id == cases.c.response_id)
        .join(surveys, surveys.c.id == cases.c.survey_id),
        project_id,
        wanted,
    )
    if wanted.after is not None:
        at, last_id = wanted.after
        query = query.where(
            or_(cases.c.opened_at < at, and_(cases.c.opened_at == at, cases.c.id < last_id))
        )
    rows = connection.execute(
        query.order_by(cases.c.opened_at.desc(), cases.c.id.desc()).limit(limit)
    )
    return [(_case(row, "case_"), row.survey_key, response_from_row(row)) for row in rows]


def counts(connection: Connection, project_id: int, wanted: Wanted) -> dict[str, int]:
    """Return status -> how many cases."""
    query = _of_survey(
        select(cases.c.status, func.count().label("cases")).join(
            surveys, surveys.c.id == cases.c.survey_id
        ),
        project_id,
        wanted,
    )
    return {row.status: row.cases for row in connection.execute(query.group_by(cases.c.status))}


def overdue_count(connection: Connection, project_id: int, wanted: Wanted, at: datetime) -> int:
    query = _of_survey(
        select(func.count()).select_from(cases).join(surveys, surveys.c.id == cases.c.survey_id),
        project_id,
        replace(wanted, overdue=True, overdue_at=at),
    )
    return int(connection.execute(query).scalar_one())


def overdue_everywhere(connection: Connection, at: datetime) -> int:
    """Return how many cases are overdue in all projects."""
    query = select(func.count()).where(cases.c.status != "resolved", cases.c.due_at <= at)
    return int(connection.execute(query).scalar_one())


def courses(
    connection: Connection, project_id: int, wanted: Wanted, since: datetime, until: datetime
) -> Sequence[Course]:
    """Return the times of cases opened from `since` until before `until`, for `closing`.

    Cases of responses that do not count (test, excluded) are left out.
    """
    query = (
        _of_survey(
            select(
                cases.c.opened_at, cases.c.due_at, cases.c.contacted_at, cases.c.resolved_at
            ).join(surveys, surveys.c.id == cases.c.survey_id),
            project_id,
            wanted,
        )
        .join(responses, responses.c.id == cases.c.response_id)
        .where(
            cases.c.opened_at >= since,
            cases.c.opened_at < until,
            responses.c.test.is_(False),
            responses.c.excluded.is_(None),
        )
    )
    return [Course(*row) for row in connection.execute(query)]


def newly_overdue(connection: Connection, now: datetime, limit: int) -> list[Case]:
    """Return cases past a due time of which nobody was told yet, longest first."""
    rows = connection.execute(_newly_overdue(now).limit(limit))
    return [_case(row) for row in rows]


def take_overdue(connection: Connection, now: datetime, limit: int) -> list[Case]:
    """Return such cases and mark them as told; each due time is taken once, by one dispatcher."""
    query = _newly_overdue(now).limit(limit).with_for_update(skip_locked=True)
    taken = [_case(row) for row in connection.execute(query)]
    if taken:
        connection.execute(
            update(cases)
            .where(cases.c.id.in_([case.id for case in taken]))
            .values(overdue_told=cases.c.due_at)
        )
    return taken


def _newly_overdue(now: datetime) -> Select[Any]:
    return (
        select(*_selected())
        .where(
            cases.c.status != "resolved",
            cases.c.due_at <= now,
            or_(cases.c.overdue_told.is_(None), cases.c.overdue_told != cases.c.due_at),
        )
        .order_by(cases.c.due_at)
    )


def _of_survey(query: Select[Any], project_id: int, wanted: Wanted) -> Select[Any]:
    query = query.where(cases.c.project_id == project_id)
    for column, value in ((cases.c.status, wanted.status), (surveys.c.key, wanted.survey)):
        if value is not None:
            query = query.where(column == value)
    if wanted.owner is not None:
        query = query.where(
            cases.c.owner == wanted.owner if wanted.owner else cases.c.owner.is_(None)
        )
    if wanted.overdue is not None:
        late = and_(cases.c.status != "resolved", cases.c.due_at <= wanted.overdue_at)
        query = query.where(late if wanted.overdue else ~late)
    return query.where(of_others(wanted.without_versions))


def of_others(versions: Collection[int]) -> ColumnElement[bool]:
    """Return the condition of cases whose answers were given to none of these survey versions."""
    if not versions:
        return true()
    theirs = (responses.c.id == cases.c.response_id) & responses.c.version_id.in_(versions)
    # As a question of its own: it must not join the responses of the query around it.
    return ~select(responses.c.id).where(theirs).correlate(cases).exists()


def _selected() -> list[Any]:
    return [cases.c[name] for name in _COLUMNS]


def _case(row: Row[Any], prefix: str = "") -> Case:
    return Case(**{name: getattr(row, prefix + name) for name in _COLUMNS})
