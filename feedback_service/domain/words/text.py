"""How words are read: whatever their case and accents, in scripts with spaces and without."""

import re
import unicodedata
from itertools import groupby
from typing import Final


def _ranges(points: list[int]) -> str:
    """Return code points as the inside of a character class."""
    runs = [
        [point for _, point in run] for _, run in groupby(enumerate(points), lambda p: p[1] - p[0])
    ]
    return "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs)


# Combining marks are part of a word, such as the vowel signs of Hindi and Thai; Python's \w leaves
# them out. Those beyond the first plane belong to scripts that nobody answers in.
MARKS: Final = _ranges([n for n in range(0x10000) if unicodedata.category(chr(n))[0] == "M"])
LETTER: Final = rf"(?:[^\W_]|[{MARKS}])"
WORD: Final = re.compile(rf"[^\W_]{LETTER}*")
# Written without spaces, so nothing tells where a word ends: Thai, Lao, Burmese, Khmer, Chinese
# and Japanese.
UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
# Accents of Latin, Greek and Cyrillic; the vowel signs and the stretching of Arabic and the points
# of Hebrew, which people leave out as they like. The vowel signs of Indian scripts make the word.
_OPTIONAL: Final = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0652]")
# Inside a word in French, English, Ukrainian …
_APOSTROPHES: Final = re.compile("[\u2019\u02bc`\u00b4]")


def plain(text: str) -> str:
    """Return a text for comparing: lower case, without accents, in one way of encoding.

    >>> plain("TROP CHÈRE, Straße")
    'trop chere, strasse'
    """
    apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text).casefold())
    return unicodedata.normalize("NFC", _OPTIONAL.sub("", apart))


def language_of(locale: str) -> str:
    """Return the language of a locale, without script and region.

    >>> language_of("pt-BR")
    'pt'
    """
    return re.split("[-_]", locale, maxsplit=1)[0].lower()
