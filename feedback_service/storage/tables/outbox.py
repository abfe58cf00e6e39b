"""Webhooks and the outbox: one delivery for each event and webhook that is to hear of it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(32), primary_key=True),
    of_project(),
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
    Column("rate_per_minute", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# How a webhook fares: written by dispatchers, beside what its owner writes in webhooks.
webhook_health = Table(
    "webhook_health",
    metadata,
    Column("webhook_id", ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True),
    Column("failing_since", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("succeeded_at", UtcDateTime),
    Column("disabled_at", UtcDateTime),
    Column("paced_until", UtcDateTime),
)

# The outbox: one row for each event and webhook that is to hear of it.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    of_project(),
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
# What retention looks through: no row is in it before it is settled.
Index(
    "ix_deliveries_kept",
    deliveries.c.project_id,
    deliveries.c.settled_at,
    sqlite_where=deliveries.c.body.is_not(None) & deliveries.c.settled_at.is_not(None),
    postgresql_where=deliveries.c.body.is_not(None) & deliveries.c.settled_at.is_not(None),
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
    Column("request", Json),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
