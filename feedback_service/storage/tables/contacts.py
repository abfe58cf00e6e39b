"""Whom not to ask, when somebody was asked nevertheless, and mailings on their way."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata, of_project

# People who unsubscribed and were erased since: a digest, so that an old list asks them no more.
suppressions = Table(
    "suppressions",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)

# One row for each time a caller asked somebody whom the contact policy would have left alone.
policy_overrides = Table(
    "policy_overrides",
    metadata,
    Column("id", RowNumber, primary_key=True),
    of_project(),
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), nullable=False),
    Column("respondent", String(200), nullable=False),
    Column("touchpoint", String(64), nullable=False),
    Column("overridden", String(32), nullable=False),
    Column("because", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "project_id", "respondent"),
)

# How far a mailing has come whose links are being written to a file; gone when it is done.
mailings = Table(
    "mailings",
    metadata,
    Column("digest", String(64), primary_key=True),
    of_project(),
    Column("read_bytes", BigInteger, nullable=False),
    Column("written_bytes", BigInteger, nullable=False),
    Column("reported_bytes", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("people", String(32), nullable=False, server_default=text("''")),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Lists whose links were counted as sent, so that the same people in the same campaign count once.
issued_lists = Table(
    "issued_lists",
    metadata,
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True),
    Column("campaign", String(100), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("issued", Integer, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False, index=True),
)
