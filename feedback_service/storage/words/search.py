"""Looks for words in comments with each engine's own full-text index (migration 0008)."""

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, column, exists, func, literal_column, select, table

from feedback_service.storage.tables.responses import responses

# SQLite only, and not among the models: PostgreSQL has an index in their place.
comment_words: Final = table("comment_words", column("rowid"), column("comment_words"))
comment_rows: Final = table("comment_rows", column("id"), column("response_id"))

_WORD: Final = re.compile(r"[^\W_]+")
# Written without spaces, so no index knows where their words begin: Thai, Lao, Burmese, Khmer,
# Chinese and Japanese.
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_MOST_WORDS: Final = 20
# The same expression as in the migration, or the index is not used.
_VECTOR: Final = "to_tsvector('simple', translate(responses.comment, '@./-_:', '      '))"


def words_of(text: str) -> list[str]:
    """Return the words to look for; none when no index can find them, see `contains`."""
    if _UNSPACED.search(text):
        return []
    return _WORD.findall(text)[:_MOST_WORDS]


def contains(text: str, is_sqlite: bool) -> ColumnElement[bool]:
    """Return the condition of a comment with all these words, or words that begin so.

    Text without words of letters or digits, or in a script without spaces, is looked for as it is.
    """
    words = words_of(text)
    if not words:
        return responses.c.comment.icontains(text, autoescape=True)
    if not is_sqlite:
        query = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words))
        vector: ColumnElement[Any] = literal_column(_VECTOR.replace(":", r"\:"))
        return and_(responses.c.comment.is_not(None), vector.bool_op("@@")(query))
    return exists(
        select(comment_words.c.rowid)
        .join_from(comment_rows, comment_words, comment_words.c.rowid == comment_rows.c.id)
        .where(comment_rows.c.response_id == responses.c.id, matches(words))
    )


def matches(words: list[str]) -> ColumnElement[bool]:
    """Return the condition on SQLite's index."""
    query = " ".join(f'"{word}"*' for word in words)
    return comment_words.c.comment_words.bool_op("MATCH")(query)
