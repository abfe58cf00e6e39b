"""Full-text search over comments.

SQLite: an FTS5 index that holds no text of its own, kept by triggers, which the usual first answer,
without a comment, does not enter. comment_rows gives each comment a number that grows with the time
of its response, so that the newest matches come first without sorting. PostgreSQL: a GIN index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SPAN = 1 << 20  # numbers for the comments of one millisecond
_BASE = (
    "(CAST(strftime('%s', {row}.created_at) AS INTEGER) * 1000"
    f" + CAST(substr({{row}}.created_at, 21, 3) AS INTEGER)) * {_SPAN}"
)
_NUMBER = (
    "coalesce((SELECT max(id) + 1 FROM comment_rows"  # noqa: S608  # constants of this file
    f" WHERE id >= {_BASE} AND id < {_BASE} + {_SPAN}), {_BASE})"
).format(row="NEW")
_TAKE_OUT = (
    "INSERT INTO comment_words (comment_words, rowid, comment) "
    "SELECT 'delete', id, OLD.comment FROM comment_rows "
    "WHERE response_id = OLD.id AND OLD.comment IS NOT NULL;"
)
_NUMBER_IT = (
    f"INSERT INTO comment_rows (id, response_id) SELECT {_NUMBER}, NEW.id "  # noqa: S608  # constants of this file
    "WHERE NEW.comment IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM comment_rows WHERE response_id = NEW.id);"
)
_PUT_IN = (
    "INSERT INTO comment_words (rowid, comment) SELECT id, NEW.comment FROM comment_rows "
    "WHERE response_id = NEW.id AND NEW.comment IS NOT NULL;"
)
_TRIGGERS = {
    "comment_added": ("INSERT", "NEW.comment IS NOT NULL", _NUMBER_IT + _PUT_IN),
    "comment_changed": (
        "UPDATE OF comment",
        "OLD.comment IS NOT NEW.comment",
        _TAKE_OUT + _NUMBER_IT + _PUT_IN,
    ),
    "comment_removed": (
        "DELETE",
        "OLD.comment IS NOT NULL",
        f"{_TAKE_OUT} DELETE FROM comment_rows WHERE response_id = OLD.id;",  # noqa: S608  # too
    ),
}
# The same expression as in storage/words/search.py, or the index is not used.
_POSTGRES_INDEX = (
    "CREATE INDEX ix_responses_words ON responses USING gin "
    "(to_tsvector('simple', translate(comment, '@./-_:', '      '))) WHERE comment IS NOT NULL"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        _run(_POSTGRES_INDEX)
        return
    _run(
        "CREATE TABLE comment_rows "
        "(id INTEGER PRIMARY KEY, response_id VARCHAR(32) NOT NULL UNIQUE)"
    )
    _run(
        "CREATE VIRTUAL TABLE comment_words USING fts5 "
        "(comment, content='', tokenize='unicode61 remove_diacritics 0')"
    )
    base = _BASE.format(row="r")
    _run(
        f"INSERT INTO comment_rows (id, response_id) SELECT {base}"  # noqa: S608  # too
        f" + row_number() OVER (PARTITION BY {base} ORDER BY r.id) - 1, r.id"
        " FROM responses r WHERE r.comment IS NOT NULL"
    )
    _run(
        "INSERT INTO comment_words (rowid, comment) SELECT c.id, r.comment "
        "FROM comment_rows c JOIN responses r ON r.id = c.response_id"
    )
    for name, (event, when, body) in _TRIGGERS.items():
        _run(f"CREATE TRIGGER {name} AFTER {event} ON responses WHEN {when} BEGIN {body} END")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        _run("DROP INDEX ix_responses_words")
        return
    for name in _TRIGGERS:
        _run(f"DROP TRIGGER {name}")
    _run("DROP TABLE comment_words")
    _run("DROP TABLE comment_rows")


def _run(statement: str) -> None:
    # Past SQLAlchemy's reading of colons as parameters.
    op.execute(sa.text(statement.replace(":", r"\:")))
