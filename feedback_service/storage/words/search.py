"""Looks for words in comments with each engine's own full-text index (migration 0008)."""

import unicodedata
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
)

from feedback_service.domain.words.text import UNSPACED, WORD
from feedback_service.storage.tables.responses import responses
from feedback_service.storage.tables.tags import tagged_responses

# SQLite only, and not among the models: PostgreSQL has an index in their place.
comment_words: Final = table("comment_words", column("rowid"), column("comment_words"))
comment_rows: Final = table("comment_rows", column("id"), column("response_id"))

_MOST_WORDS: Final = 20
_FREQUENT: Final = 100_000
_UNINDEXED: Final = {"Mn", "Mc", "Me", "No", "Nl"}
# The same expression as in the migration, or the index is not used.
_VECTOR: Final = "to_tsvector('simple', translate(responses.comment, '@./-_:', '      '))"


def words_of(text: str) -> list[str]:
    """Return the words to look for; none when no index can find them, see `contains`.

    The indexes take letters and plain digits for words, and nothing else: not the vowel signs of
    Indian scripts, not a half.
    """
    composed = unicodedata.normalize("NFC", text)
    if UNSPACED.search(composed) or any(
        unicodedata.category(sign) in _UNINDEXED for sign in composed
    ):
        return []
    return WORD.findall(composed)[:_MOST_WORDS]


def contains(text: str, is_sqlite: bool) -> ColumnElement[bool]:
    """Return the condition of a comment with all these words, or words that begin so.

    Text without words of letters or digits, or in a script without spaces, is looked for as it is.
    """
    words = words_of(text)
    if not words:
        return responses.c.comment.icontains(text, autoescape=True)
    if not is_sqlite:
        query = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words))
        vector: ColumnElement[Any] = literal_column(_VECTOR)
        return and_(responses.c.comment.is_not(None), vector.bool_op("@@")(query))
    found = (
        select(comment_rows.c.response_id)
        .join_from(comment_rows, comment_words, comment_words.c.rowid == comment_rows.c.id)
        .where(matches(words))
    )
    return responses.c.id.in_(found)


def is_frequent(connection: Connection, text: str) -> bool:
    """Tell whether so many comments have these words that it takes long to look all of them up.

    Only SQLite has to be told: PostgreSQL keeps statistics of words.
    """
    words = words_of(text) if connection.dialect.name == "sqlite" else []
    if not words:
        return False
    found = select(comment_words.c.rowid).where(matches(words)).limit(_FREQUENT).subquery()
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number == _FREQUENT


def is_tagged(tag: str) -> ColumnElement[bool]:
    """Return the condition of a response with a tag."""
    tagged = tagged_responses.c
    return exists().where(
        tagged.survey_id == responses.c.survey_id,
        tagged.tag == tag,
        tagged.response_id == responses.c.id,
    )


def matches(words: list[str]) -> ColumnElement[bool]:
    """Return the condition on SQLite's index."""
    return comment_words.c.comment_words.bool_op("MATCH")(sqlite_query(words))


def sqlite_query(words: list[str]) -> str:
    """Return what SQLite's index is asked: words that begin so, all of them."""
    return " ".join(f'"{word}"*' for word in words)


def newest_matches(query: Any, words: list[str], before: str | None) -> Any:
    """Let SQLite's index lead: it hands matches out newest first, without looking at all of them.

    Its numbers follow the time of a response to the millisecond, as its id does. before: the id
    of the last response of the page before.
    """
    numbers, index = comment_rows.c, comment_words.c
    query = (
        query.join(comment_rows, numbers.response_id == responses.c.id)
        .join(comment_words, index.rowid == numbers.id)
        .where(matches(words))
        .order_by(index.rowid.desc())
    )
    if before is None:
        return query
    last = select(numbers.id).where(numbers.response_id == before).scalar_subquery()
    return query.where(index.rowid < last)
