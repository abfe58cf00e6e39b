"""Tags by rule: the rules, what they did, and how far they have been applied."""

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

tag_rules = Table(
    "tag_rules",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
    Column("tag", String(50), nullable=False),
    Column("words", Json, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "tag"),
)

# Which of a response's tags came by rule; no row means none did. What shows is responses.tags.
response_tags = Table(
    "response_tags",
    metadata,
    Column("response_id", ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True),
    Column("by_rule", Json, nullable=False),
    Column("refused", Json, nullable=False),
)

# Up to which change of a response the rules have been applied.
tag_sweeps = Table(
    "tag_sweeps",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("position_at", UtcDateTime, nullable=False),
    Column("position_id", String(32), nullable=False),
)
