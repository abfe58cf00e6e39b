"""Who answers, and what they said."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

respondents = Table(
    "respondents",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
    Column("ref", String(200), nullable=False),
    Column("email", String(320)),
    Column("traits", Json, nullable=False),
    Column("locale", String(35)),
    Column("unsubscribed_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "ref"),
)

responses = Table(
    "responses",
    metadata,
    Column("id", String(32), primary_key=True),
    of_project(),
    Column("survey_id", RowNumber, nullable=False),
    Column("version_id", ForeignKey("survey_versions.id"), nullable=False),
    Column("token_id", String(80), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("respondent", String(200)),
    Column("touchpoint", String(64)),
    Column("journey_stage", String(16)),
    Column("campaign", String(100)),
    Column("locale", String(35)),
    Column("page_url", Text),
    Column("traits", Json, nullable=False),
    Column("score", SmallInteger),
    Column("band", String(16)),
    Column("comment", Text),
    Column("answers", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("excluded", Text),
    Column("saves", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("scored_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("dismissed_at", UtcDateTime),
    Column("unconfirmed", String(32)),  # NULL counts; else why it may be a machine's
    UniqueConstraint("project_id", "token_id"),  # what makes a token single-use
    Index(None, "project_id", "updated_at", "id"),
    Index(None, "survey_id", "scored_at"),
    Index(None, "survey_id", "id"),  # the newest of a survey
)
Index(
    "ix_responses_respondent",
    responses.c.project_id,
    responses.c.respondent,
    sqlite_where=responses.c.respondent.is_not(None),
    postgresql_where=responses.c.respondent.is_not(None),
)
Index(
    "ix_responses_campaign",
    responses.c.project_id,
    responses.c.campaign,
    sqlite_where=responses.c.campaign.is_not(None),
    postgresql_where=responses.c.campaign.is_not(None),
)
