"""What each language is written in.

Latin languages: their letters beyond a to z (CLDR exemplar characters, with those of common loans).
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

LATIN: Final[Mapping[str, str]] = {
    "en": "",
    "es": "áéíñóúü",
    "fr": "àâæçèéêëîïôœùûüÿ",
    "de": "äöüß",
    "it": "àèéìòóù",
    "pt-BR": "àáâãçéêíóôõú",
    "pt-PT": "àáâãçéêíóôõú",
    "nl": "áäéëêíïóöúü",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșț",
    "hr": "čćđšž",
    "sl": "čšž",
    "sv": "åäöé",
    "da": "æøåé",
    "nb": "æøåéòô",
    "fi": "åäöšž",
    "et": "äõöüšž",
    "lv": "āčēģīķļņšūž",
    "lt": "ąčęėįšųūž",
    "tr": "çğıöşüâîû",
    "id": "",
    "ms": "",
    "vi": "ăâđêôơư",
}
# Of a script shared by several languages: letters that are none of this one's.
FOREIGN: Final[Mapping[str, str]] = {
    "bg": "ыэёіїєґђјљњћџўѓќѕ",
    "ru": "іїєґђјљњћџўѓќѕ",
    "uk": "ыэёъђјљњћџўѓќѕ",
    "ar": "یکہےگپچژٹڈڑںھ",
    "fa": "يكہےٹڈڑںھىة",
    "ur": "يكهىة",
}
SCRIPTS: Final[Mapping[str, tuple[str, ...]]] = {
    "bg": ("CYRILLIC",),
    "ru": ("CYRILLIC",),
    "uk": ("CYRILLIC",),
    "el": ("GREEK",),
    "ar": ("ARABIC",),
    "fa": ("ARABIC",),
    "ur": ("ARABIC",),
    "he": ("HEBREW",),
    "hi": ("DEVANAGARI",),
    "bn": ("BENGALI",),
    "th": ("THAI",),
    "ja": ("HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA"),
    "ko": ("HANGUL",),
    "zh-Hans": ("CJK",),
    "zh-Hant": ("CJK",),
}
# Encodings that hold the characters of one way of writing and no others.
ENCODINGS: Final[Mapping[str, str]] = {
    "ja": "shift_jis",
    "ko": "euc_kr",
    "zh-Hans": "gb2312",
    "zh-Hant": "big5",
}


def strange_letters(locale: str, text: str) -> set[str]:
    """Return the letters of a text that its language is not written in."""
    letters = {char for char in text if char.isalpha()}
    if locale in LATIN:
        own = set("abcdefghijklmnopqrstuvwxyz") | set(LATIN[locale])
        return {char for char in letters if not _plain(locale, char.lower()) <= own}
    foreign = set(FOREIGN.get(locale, ""))
    return {
        char
        for char in letters
        if char.lower() in foreign
        or unicodedata.name(char).partition(" ")[0] not in SCRIPTS[locale]
    }


def _plain(locale: str, char: str) -> set[str]:
    """Return the letter; Vietnamese puts its five tone marks over any vowel."""
    if locale != "vi":
        # Turkish capital İ is i and a dot when made small.
        return set(char) - {"\u0307"}
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    bare = "".join(mark for mark in unicodedata.normalize("NFD", char) if mark not in tones)
    return set(unicodedata.normalize("NFC", bare))
