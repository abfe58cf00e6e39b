"""Counts of answers by day, for reports, and the marks that keep them exact."""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import RowNumber, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What a report looks at. A change of anything else (a comment, a tag) needs no mark.
_LOOKED_AT = (
    *("project_id", "survey_id", "version_id", "score", "scored_at"),
    *("test", "excluded", "unconfirmed"),
    *("channel", "touchpoint", "journey_stage", "campaign", "locale", "traits"),
)

# An answer younger than this is not counted yet (storage/reports/sweep.py waits longer), which
# spares the usual insert even the call of the function.
_POSTGRES_FUNCTION = """
CREATE FUNCTION report_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.scored_at < (
    SELECT marking_until FROM report_books WHERE project_id = OLD.project_id
  ) THEN
    INSERT INTO report_marks AS mark (survey_id, hour, writer, times)
    VALUES (
      OLD.survey_id, date_trunc('hour', OLD.scored_at, 'UTC'),
      CAST(CAST(pg_current_xact_id() AS text) AS bigint), 1
    )
    ON CONFLICT (survey_id, hour, writer) DO UPDATE SET times = mark.times + 1;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.scored_at < (
    SELECT marking_until FROM report_books WHERE project_id = NEW.project_id
  ) THEN
    INSERT INTO report_marks AS mark (survey_id, hour, writer, times)
    VALUES (
      NEW.survey_id, date_trunc('hour', NEW.scored_at, 'UTC'),
      CAST(CAST(pg_current_xact_id() AS text) AS bigint), 1
    )
    ON CONFLICT (survey_id, hour, writer) DO UPDATE SET times = mark.times + 1;
  END IF;
  RETURN NULL;
END $$
"""
_POSTGRES_TRIGGERS = (
    """
    CREATE TRIGGER report_mark_insert AFTER INSERT ON responses FOR EACH ROW
    WHEN (NEW.scored_at < clock_timestamp() - interval '2 minutes')
    EXECUTE FUNCTION report_mark()
    """,
    """
    CREATE TRIGGER report_mark_update AFTER UPDATE ON responses FOR EACH ROW
    WHEN (
      least(OLD.scored_at, NEW.scored_at) < clock_timestamp() - interval '2 minutes'
      AND ({old}) IS DISTINCT FROM ({new})
    )
    EXECUTE FUNCTION report_mark()
    """,
    """
    CREATE TRIGGER report_mark_delete AFTER DELETE ON responses FOR EACH ROW
    WHEN (OLD.scored_at IS NOT NULL)
    EXECUTE FUNCTION report_mark()
    """,
)

_SQLITE_COUNTED = (
    "{row}.scored_at < (SELECT marking_until FROM report_books WHERE project_id = {row}.project_id)"
)
_SQLITE_MARK = (
    "INSERT INTO report_marks (survey_id, hour, writer, times) "
    "SELECT {row}.survey_id, substr({row}.scored_at, 1, 14) || '00:00.000000', 0, 1 WHERE "
    + _SQLITE_COUNTED
    + " ON CONFLICT (survey_id, hour, writer) DO UPDATE SET times = times + 1;"
)
_TRIGGERS = ("report_mark_insert", "report_mark_update", "report_mark_delete")


def upgrade() -> None:
    op.create_table(
        "report_books",
        sa.Column("project_id", RowNumber, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("closed_until", UtcDateTime()),
        sa.Column("marking_until", UtcDateTime()),
        sa.Column("barrier", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_report_books_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_report_books")),
    )
    op.create_table(
        "report_counts",
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("dimension", sa.String(length=72), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version_id", RowNumber, nullable=False),
        sa.Column("counts", sa.Text()),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["surveys.id"],
            name=op.f("fk_report_counts_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "survey_id", "span", "dimension", "day", "version_id", name=op.f("pk_report_counts")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_report_counts_survey_id_day"), "report_counts", ["survey_id", "day"])
    op.create_table(
        "report_marks",
        sa.Column("survey_id", RowNumber, nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("writer", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "hour", "writer", name=op.f("pk_report_marks")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        _add_sqlite_triggers()
        return
    op.execute(sa.text(_POSTGRES_FUNCTION))
    old = ", ".join(f"OLD.{name}" for name in _LOOKED_AT)
    for trigger in _POSTGRES_TRIGGERS:
        op.execute(sa.text(trigger.format(old=old, new=old.replace("OLD.", "NEW."))))


def downgrade() -> None:
    for name in _TRIGGERS:
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON responses"
        op.execute(sa.text(f"DROP TRIGGER {name}{on}"))
    if op.get_bind().dialect.name != "sqlite":
        op.execute(sa.text("DROP FUNCTION report_mark()"))
    op.drop_table("report_marks")
    op.drop_table("report_counts")
    op.drop_table("report_books")


def _add_sqlite_triggers() -> None:
    old, new = _SQLITE_MARK.format(row="OLD"), _SQLITE_MARK.format(row="NEW")
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _LOOKED_AT)
    # The conditions stand in WHEN too, so that the usual insert does not even enter the trigger.
    for name, event, when, body in (
        ("report_mark_insert", "INSERT", _SQLITE_COUNTED.format(row="NEW"), new),
        ("report_mark_update", "UPDATE", changed, old + new),
        ("report_mark_delete", "DELETE", _SQLITE_COUNTED.format(row="OLD"), old),
    ):
        op.execute(
            sa.text(
                f"CREATE TRIGGER {name} AFTER {event} ON responses WHEN {when} BEGIN {body} END"
            )
        )
