"""Looks for words in a few comments, without the index of all of them.

SQLite's index puts together all comments that have a word before it says of one whether it does,
which takes long for frequent words. The same index made of few comments is exact, and quick.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Final

# As in migration 0008, with places of words too: what is one word to us may be two to the index.
_TOKENIZER: Final = "unicode61 remove_diacritics 0"


def with_words(comments: Iterable[tuple[str, str | None]], query: str) -> set[str]:
    """Return the ids of those (id, comment) that SQLite's index of all comments would find.

    query: as SQLite takes it, see search.py.
    """
    given = [(one, said) for one, said in comments if said is not None]
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(
            f"CREATE VIRTUAL TABLE few USING fts5 (comment, content='', tokenize='{_TOKENIZER}')"
        )
        index.executemany(
            "INSERT INTO few (rowid, comment) VALUES (?, ?)",
            enumerate(said for _one, said in given),
        )
        found = index.execute("SELECT rowid FROM few WHERE few MATCH ?", (query,))
        return {given[number][0] for (number,) in found}
