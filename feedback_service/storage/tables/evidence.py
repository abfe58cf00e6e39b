"""How often links were opened: bare counts beside the responses, kept for a day."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from feedback_service.storage.engine.columns import UtcDateTime
from feedback_service.storage.tables.base import metadata

# No address, no browser, no person: a digest of the token's id, which nobody can turn back.
openings = Table(
    "openings",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("gets", Integer, nullable=False),
    Column("heads", Integer, nullable=False),
    # One bit per score that the openings of this burst asked for.
    Column("scores", Integer, nullable=False),
    Column("burst", BigInteger, nullable=False),
    Column("head_at", UtcDateTime),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
