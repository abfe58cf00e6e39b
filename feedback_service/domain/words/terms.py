"""The words worth counting in a comment: what people talk about, without the small change."""

import re
from collections.abc import Container
from typing import Final

from feedback_service.domain.words.text import LETTER, UNSPACED

# With the apostrophe inside, so that "don't" stays one word.
_TERM: Final = re.compile(rf"[^\W\d_](?:'?{LETTER})*")
# Chinese characters and Katakana in pairs: most words there are of two, and nothing parts them.
_PAIRED: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,}|[\u30a0-\u30ff]{2,}")
_LONGEST: Final = 40


def terms_of(comment: str, stop_words: Container[str]) -> set[str]:
    """Return the words of a comment in lower case, each once, without stop words.

    Chinese and Japanese give pairs of characters and words in Katakana; Thai, Lao, Khmer and
    Burmese give none, since nothing tells where their words end.

    >>> sorted(terms_of("The delivery was late, and I don't like LATE.", {"the", "was", "and"}))
    ['delivery', "don't", 'late', 'like']
    >>> sorted(terms_of("配送が遅い。サポートは良い", ()))
    ['サポート', '配送']
    """
    text = comment.casefold().replace("\u2019", "'")
    found = set()
    for term in _TERM.findall(text):
        if UNSPACED.search(term):
            found.update(_pairs(term))
        elif len(term) > 1 and term not in stop_words:
            found.add(term[:_LONGEST])
    return found


def _pairs(term: str) -> set[str]:
    found: set[str] = set()
    for run in _PAIRED.findall(term):
        if "\u30a0" <= run[0] <= "\u30ff":
            found.add(run[:_LONGEST])
        else:
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found
