"""Cases: low answers somebody follows up, and what was done about them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    of_project(),
    Column("response_id", ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Column("survey_id", RowNumber, nullable=False),
    Column("status", String(12), nullable=False),
    Column("owner", String(200)),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("contacted_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    # The due time whose passing was told already: a later one is told again.
    Column("overdue_told", UtcDateTime),
    UniqueConstraint("response_id"),
    CheckConstraint("status IN ('open', 'contacted', 'resolved')", name="status"),
    Index(None, "project_id", "opened_at"),
)
Index(
    "ix_cases_due",
    cases.c.due_at,
    sqlite_where=cases.c.status != "resolved",
    postgresql_where=cases.c.status != "resolved",
)

case_history = Table(
    "case_history",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("changes", Json, nullable=False),
    Column("note", Text),
)

# Low answers that settle: the dispatcher opens their cases when they are still low then.
case_candidates = Table(
    "case_candidates",
    metadata,
    # No foreign key: checking it would lock the response, for which answers wait.
    Column("response_id", String(32), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
)

# How far the dispatchers' regular looks at a table have come.
sweeps = Table(
    "sweeps",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("position", UtcDateTime, nullable=False),
)

# What a project sets of its follow-up; no row means the defaults.
care = Table(
    "care",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("case_due_s", Integer, nullable=False),
    Column("delivery_days", Integer, nullable=False),
    Column("answer_days", Integer),  # NULL keeps answers as they are
)
