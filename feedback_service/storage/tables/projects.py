"""Tenants: projects, their keys, and what their callers may repeat."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from feedback_service.storage.engine.columns import Json, RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

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
    Column("contact_policy", Json),  # what differs from the defaults
    Column("created_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
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
    of_project(),
    Column("algorithm", String(8), nullable=False),
    Column("material", LargeBinary, nullable=False),  # encrypted
    Column("state", String(12), nullable=False),
    Column("test", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
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
