"""Lists by tag are led by an index: each tag of a response is a row of its own, kept by triggers.

An answer that arrives has no tag yet, so that it pays for a comparison and no more.
"""

import sqlalchemy as sa
from alembic import op

from feedback_service.storage.engine.columns import RowNumber

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQLITE_IN = (
    "INSERT INTO tagged_responses (survey_id, tag, response_id) "
    "SELECT DISTINCT NEW.survey_id, value, NEW.id FROM json_each(NEW.tags);"
)
_SQLITE_OUT = (
    "DELETE FROM tagged_responses WHERE survey_id = OLD.survey_id AND response_id = OLD.id "
    "AND tag IN (SELECT value FROM json_each(OLD.tags));"
)
_SQLITE_TRIGGERS = {
    "tagged_insert": ("INSERT", "NEW.tags <> '[]'", _SQLITE_IN),
    "tagged_update": (
        "UPDATE OF tags, survey_id, id",
        "OLD.tags <> NEW.tags OR OLD.survey_id <> NEW.survey_id OR OLD.id <> NEW.id",
        f"{_SQLITE_OUT} {_SQLITE_IN}",
    ),
    "tagged_delete": ("DELETE", "OLD.tags <> '[]'", _SQLITE_OUT),
}
_SQLITE_FILL = (
    "INSERT INTO tagged_responses (survey_id, tag, response_id) "
    "SELECT DISTINCT r.survey_id, t.value, r.id FROM responses r, json_each(r.tags) t "
    "WHERE r.tags <> '[]'"
)

_POSTGRES_FUNCTION = """
CREATE FUNCTION keep_tagged_responses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM tagged_responses
    WHERE survey_id = OLD.survey_id AND response_id = OLD.id
      AND tag IN (SELECT jsonb_array_elements_text(OLD.tags));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO tagged_responses (survey_id, tag, response_id)
    SELECT DISTINCT NEW.survey_id, said.tag, NEW.id
    FROM jsonb_array_elements_text(NEW.tags) AS said(tag);
  END IF;
  RETURN NULL;
END $$
"""
_POSTGRES_TRIGGERS = {
    "tagged_insert": ("INSERT", "NEW.tags <> '[]'"),
    "tagged_update": (
        "UPDATE",
        "OLD.tags <> NEW.tags OR OLD.survey_id <> NEW.survey_id OR OLD.id <> NEW.id",
    ),
    "tagged_delete": ("DELETE", "OLD.tags <> '[]'"),
}
_POSTGRES_FILL = (
    "INSERT INTO tagged_responses (survey_id, tag, response_id) "
    "SELECT DISTINCT r.survey_id, said.tag, r.id "
    "FROM responses r CROSS JOIN LATERAL jsonb_array_elements_text(r.tags) AS said(tag) "
    "WHERE r.tags <> '[]'"
)


def upgrade() -> None:
    op.create_table(
        "tagged_responses",
        sa.Column("survey_id", RowNumber, autoincrement=False, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint(
            "survey_id", "tag", "response_id", name=op.f("pk_tagged_responses")
        ),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE_FILL)
        for name, (event, when, body) in _SQLITE_TRIGGERS.items():
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON responses WHEN {when} BEGIN {body} END"
            )
        return
    op.execute(_POSTGRES_FUNCTION)
    for name, (event, when) in _POSTGRES_TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON responses FOR EACH ROW "
            f"WHEN ({when}) EXECUTE FUNCTION keep_tagged_responses()"
        )
    # Last: with the triggers nobody writes any more, and what they wrote before can be seen.
    op.execute(_POSTGRES_FILL)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in _SQLITE_TRIGGERS if on_sqlite else _POSTGRES_TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" if on_sqlite else f"DROP TRIGGER {name} ON responses")
    if not on_sqlite:
        op.execute("DROP FUNCTION keep_tagged_responses()")
    op.drop_table("tagged_responses")
