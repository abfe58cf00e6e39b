"""Tags by rule: the rules, what they did, and how far they have been applied."""

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint

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

# Every tag of every response once more, newest last: what a list by tag is led by. Triggers keep it
# (migration 0014); a foreign key would look through all of it for each response that is deleted.
tagged_responses = Table(
    "tagged_responses",
    metadata,
    Column("survey_id", RowNumber, primary_key=True, autoincrement=False),
    Column("tag", Text, primary_key=True),
    Column("response_id", String(32), primary_key=True),
    sqlite_with_rowid=False,
)

# Up to which change of a response the rules have been applied.
tag_sweeps = Table(
    "tag_sweeps",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("position_at", UtcDateTime, nullable=False),
    Column("position_id", String(32), nullable=False),
)
