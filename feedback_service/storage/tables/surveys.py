"""What is asked, and the links and tokens it was asked with."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

surveys = Table(
    "surveys",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
    Column("key", String(64), nullable=False),
    Column("status", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "key"),
)

survey_versions = Table(
    "survey_versions",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("survey_id", "version"),
)

# What the links of one mailing have in common, so that a million of them need one row.
link_sets = Table(
    "link_sets",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("touchpoint", String(64)),
    Column("campaign", String(100)),
    Column("locale", String(35)),
    Column("traits", Json, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# Tokens issued and shown, by day: the denominators of response rates. Beside them what no response
# tells: reminders (the same token again), links opened by a person, people who unsubscribed.
token_counts = Table(
    "token_counts",
    metadata,
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("touchpoint", String(64), primary_key=True),
    Column("campaign", String(100), primary_key=True),
    Column("issued", Integer, nullable=False),
    Column("reminded", Integer, nullable=False, server_default=text("0")),
    Column("opened", Integer, nullable=False, server_default=text("0")),
    Column("unsubscribed", Integer, nullable=False, server_default=text("0")),
)
Index(
    "ix_token_counts_campaign",
    token_counts.c.campaign,
    sqlite_where=token_counts.c.campaign != "",
    postgresql_where=token_counts.c.campaign != "",
)

revocations = Table(
    "revocations",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
    Column("scope", String(16), nullable=False),
    Column("value", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "scope", "value"),
)
