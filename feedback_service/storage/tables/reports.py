"""Counts of answers by day, so that a report costs the same however many answers there are.

Triggers on responses (migration 0006) leave a mark whenever an answer of a counted time changes.
How the three tables play together: storage/reports/sweep.py.
"""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime
from feedback_service.storage.tables.base import metadata

# How far a project's answers are counted: all with scored_at before closed_until.
# marking_until: changes of answers before it leave marks. barrier: PostgreSQL's transaction number
# before which all must have ended until closed_until may follow. version: grows with every sweep.
report_books = Table(
    "report_books",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("timezone", String(64), nullable=False),
    Column("closed_until", UtcDateTime),
    Column("marking_until", UtcDateTime),
    Column("barrier", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)

# One row for each day, and each whole month, of the project's calendar, survey version and
# dimension. span: day or month. day: the first of it.
# counts: JSON, of everybody [people who gave 0, 1, 2 …], of a dimension's values see
# storage/reports/lanes.py; NULL: too many values, take the days of a month, the rows of a day.
report_counts = Table(
    "report_counts",
    metadata,
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True),
    Column("span", String(5), primary_key=True),
    Column("dimension", String(72), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("version_id", RowNumber, primary_key=True),
    Column("counts", Text),
    Index(None, "survey_id", "day"),
    sqlite_with_rowid=False,
)

# An hour whose answers changed after they were counted. writer: the transaction, so that on
# PostgreSQL two never meet in one row; 0 on SQLite, where writers take turns.
report_marks = Table(
    "report_marks",
    metadata,
    Column("survey_id", RowNumber, primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("writer", BigInteger, primary_key=True),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)
