"""What people did later: left, renewed, complained, bought again."""

from sqlalchemy import Column, Float, String, Table, UniqueConstraint

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
    Column("respondent", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("value", Float),
    Column("created_at", UtcDateTime, nullable=False),
    # Telling the same thing again changes the same row; reports look people up in it, too.
    UniqueConstraint("project_id", "respondent", "kind", "at"),
)
