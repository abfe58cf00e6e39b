"""People who read the dashboard: who they are, where they are logged in, what they did."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata

staff = Table(
    "staff",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("name", String(100), nullable=False),
    # The name as it is looked up: unique whatever its case.
    Column("account", String(200), nullable=False, unique=True),
    Column("role", String(8), nullable=False),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE")),  # NULL sees all
    Column("password", String(200)),  # argon2id, encoded; NULL lets nobody in by password
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

# Links that let somebody in once; using one deletes it.
staff_links = Table(
    "staff_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

# Failed logins by account, also by one that does not exist, so that both are throttled alike.
staff_tries = Table(
    "staff_tries",
    metadata,
    Column("account", String(64), primary_key=True),  # a digest: it may be a mistyped password
    Column("since", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
)

staff_deeds = Table(
    "staff_deeds",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(200)),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE")),
    Index(None, "project_id", "id"),
)
