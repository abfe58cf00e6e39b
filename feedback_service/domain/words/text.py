"""How words are read: whatever their case and accents, in scripts with spaces and without."""

import re
import unicodedata
from typing import Final

WORD: Final = re.compile(r"[^\W_]+")
# Written without spaces, so nothing tells where a word ends: Thai, Lao, Burmese, Khmer, Chinese
# and Japanese.
UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
# Accents of Latin, Greek and Cyrillic; the vowel signs and the stretching of Arabic and the points
# of Hebrew, which people leave out as they like. The vowel signs of Indian scripts make the word.
_MARKS: Final = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0652]")
# Inside a word in French, English, Ukrainian …: "l'attente" is two words, "can't" one.
_APOSTROPHES: Final = re.compile("[\u2019\u02bc`\u00b4]")


def plain(text: str) -> str:
    """Return a text for comparing: lower case, without accents, in one way of encoding.

    >>> plain("TROP CHÈRE, Straße")
    'trop chere, strasse'
    """
    apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text).casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", apart))


def language_of(locale: str) -> str:
    """Return the language of a locale, without script and region.

    >>> language_of("pt-BR")
    'pt'
    """
    return re.split("[-_]", locale, maxsplit=1)[0].lower()
