"""The tables, as the newest migration leaves them (a guard test compares the two)."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from feedback_service.storage.columns import Json, RowNumber, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_project() -> Column[Any]:
    return Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False)


# One row. Its version grows with every change of what processes keep in memory (catalog.py).
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", RowNumber, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("slug", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("origins", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _of_project(),
    Column("kind", String(8), nullable=False),
    Column("test", Boolean, nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("last4", String(4), nullable=False),
    # Only of site keys, which stand in every page that embeds the widget: they are no secret.
    Column("public_text", String(64)),
    Column("scopes", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    _of_project(),
    Column("algorithm", String(8), nullable=False),
    Column("material", LargeBinary, nullable=False),  # encrypted
    Column("state", String(12), nullable=False),
    Column("test", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

surveys = Table(
    "surveys",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _of_project(),
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

# Tokens issued and shown, by day: the denominators of response rates.
token_counts = Table(
    "token_counts",
    metadata,
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("touchpoint", String(64), primary_key=True),
    Column("campaign", String(100), primary_key=True),
    Column("issued", Integer, nullable=False),
)

revocations = Table(
    "revocations",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _of_project(),
    Column("scope", String(16), nullable=False),
    Column("value", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "scope", "value"),
)

respondents = Table(
    "respondents",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _of_project(),
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
    _of_project(),
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
    UniqueConstraint("project_id", "token_id"),  # what makes a token single-use
    Index(None, "project_id", "updated_at", "id"),
    Index(None, "survey_id", "scored_at"),
)
Index(
    "ix_responses_respondent",
    responses.c.project_id,
    responses.c.respondent,
    sqlite_where=responses.c.respondent.is_not(None),
    postgresql_where=responses.c.respondent.is_not(None),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(32), primary_key=True),
    _of_project(),
    Column("url", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("filter", Json, nullable=False),
    Column("format", String(32), nullable=False),
    Column("status", String(8), nullable=False),
    Column("secrets", LargeBinary, nullable=False),  # encrypted
    Column("headers", LargeBinary, nullable=False),  # encrypted
    Column("template", Json),
    Column("description", String(200)),
    Column("disabled_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# The outbox: one row for each event and webhook that is to hear of it.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    _of_project(),
    Column("webhook_id", ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("response_id", ForeignKey("responses.id", ondelete="CASCADE")),
    Column("type", String(32), nullable=False),
    Column("subject", Json),
    Column("status", String(12), nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False),
    Column("event_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("lease_token", String(32)),
    Column("body", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("webhook_id", "response_id", "type"),
    CheckConstraint(
        "status IN ('pending', 'held', 'delivered', 'failed', 'cancelled')", name="status"
    ),
    Index(None, "response_id"),
)
Index(
    "ix_deliveries_due",
    deliveries.c.webhook_id,
    deliveries.c.next_at,
    sqlite_where=deliveries.c.status == "pending",
    postgresql_where=deliveries.c.status == "pending",
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column(
        "delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("elapsed_ms", Float, nullable=False),
    Column("status", SmallInteger),
    Column("error", String(32)),
    Column("reply", Text),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_id", ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", SmallInteger),
    Column("headers", Json),
    Column("body", LargeBinary),  # encrypted: it may hold a secret that is shown once
    Column("created_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
