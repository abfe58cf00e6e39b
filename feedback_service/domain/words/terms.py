"""The words worth counting in a comment: what people talk about, without the small change."""

import re
from collections.abc import Collection
from typing import Final

from feedback_service.domain.words.text import LETTER, MARKS, UNSPACED

# With the apostrophe inside, so that "don't" stays one word.
_TERM: Final = re.compile(rf"[^\W\d_](?:'?{LETTER})*")
# The same where there are no combining marks, and where there is nothing but ASCII: looking for
# marks after each letter takes most of the time.
_MARKLESS: Final = re.compile(r"[^\W\d_](?:'?[^\W_])*")
_ASCII: Final = re.compile("[a-z](?:'?[a-z0-9])*")
_MARK: Final = re.compile(f"[{MARKS}]")
# Chinese characters and Katakana in pairs: most words there are of two, and nothing parts them.
_PAIRED: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,}|[\u30a0-\u30ff]{2,}")
_LONGEST: Final = 40


def plain_text(comment: str) -> str:
    """Return a comment as its words are looked for: each of them is a part of this text.

    In small letters as people write them: Straße stays straße, which casefold would not do.
    """
    return comment.lower().replace("\u2019", "'")


def terms_of(comment: str, stop_words: Collection[str]) -> set[str]:
    """Return the words of a comment in lower case, each once, without stop words.

    Chinese and Japanese give pairs of characters and words in Katakana; Thai, Lao, Khmer and
    Burmese give none, since nothing tells where their words end.

    >>> sorted(terms_of("The delivery was late, and I don't like LATE.", {"the", "was", "and"}))
    ['delivery', "don't", 'late', 'like']
    >>> sorted(terms_of("配送が遅い。サポートは良い", ()))
    ['サポート', '配送']
    """
    text = plain_text(comment)
    if text.isascii():
        found = set(_ASCII.findall(text))
        return _spaced(found, stop_words)
    found = set((_TERM if _MARK.search(text) else _MARKLESS).findall(text))
    if not UNSPACED.search(text):
        return _spaced(found, stop_words)
    unspaced = {term for term in found if UNSPACED.search(term)}
    return _spaced(found - unspaced, stop_words).union(*map(_pairs, unspaced))


def _spaced(found: set[str], stop_words: Collection[str]) -> set[str]:
    return {term[:_LONGEST] for term in found if len(term) > 1 and term not in stop_words}


def _pairs(term: str) -> set[str]:
    found: set[str] = set()
    for run in _PAIRED.findall(term):
        if "\u30a0" <= run[0] <= "\u30ff":
            found.add(run[:_LONGEST])
        else:
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found
