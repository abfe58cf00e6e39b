"""Every language is written as it is written: its letters, its quotation marks, not too long."""

import re
import unicodedata
from typing import Final

import pytest

from feedback_service.locales.filling import PLACEHOLDER
from feedback_service.locales.languages import available_locales, language
from tests.locales.alphabets import ENCODINGS, LATIN, SCRIPTS, strange_letters
from tests.locales.reading import members, sentences

LOCALES: Final = available_locales()
# What a sentence ends in; Thai ends in nothing.
STOPS: Final = (".", "。", "।", "\u06d4")
# What a card of 320 pixels takes: two anchors side by side, a button, a name on one or two lines.
LONGEST_ANCHOR: Final = 36
LONGEST_WORD: Final = 22
LONGEST_BUTTON: Final = 32
LONGEST_NAME: Final = 48
BUTTONS: Final = ("send", "skip", "later", "next", "back")


def own_words(locale: str) -> list[tuple[str, str]]:
    """Return (path, sentence without its placeholders) of everything people can read."""
    told = sentences({**members(locale), "dir": ""})
    return [(path, PLACEHOLDER.sub("", text)) for path, text in told if path != "/dir"]


def cells(text: str) -> int:
    """Return how wide a text is, in Latin letters: East Asian ones take two, marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def test_the_letters_of_every_language_are_known() -> None:
    assert LATIN.keys() | SCRIPTS.keys() == set(LOCALES)
    assert not LATIN.keys() & SCRIPTS.keys()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_empty_or_padded_or_holds_a_stray_brace(locale: str) -> None:
    for path, text in sentences(members(locale)):
        assert text, path
        assert text == text.strip(), path
        assert "  " not in text, path
        assert text.count("{") == text.count("}") == len(PLACEHOLDER.findall(text)), path


@pytest.mark.parametrize("locale", LOCALES)
def test_characters_are_composed_and_none_is_invisible(locale: str) -> None:
    for path, text in sentences(members(locale)):
        assert unicodedata.is_normalized("NFC", text), path
        # Persian joins and parts letters with a non-joiner.
        hidden = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn"}}
        assert hidden <= ({"\u200c"} if locale == "fa" else set()), path


@pytest.mark.parametrize("locale", LOCALES)
def test_every_letter_is_one_of_the_language(locale: str) -> None:
    strange = {path: strange_letters(locale, text) for path, text in own_words(locale)}
    assert {path: found for path, found in strange.items() if found} == {}


@pytest.mark.parametrize(
    ("locale", "text", "strange"),
    [
        pytest.param("ru", "\u0441л\x6fв\u043e", {"o"}, id="a Latin look-alike among Cyrillic"),
        pytest.param("bg", "мысль", {"ы"}, id="a Russian letter in Bulgarian"),
        pytest.param("fa", "\u0643ت\u0627ب", {"\u0643"}, id="an Arabic kaf in Persian"),
        pytest.param("ro", "\u0163ară", {"\u0163"}, id="a cedilla in Romanian"),
        pytest.param("cs", "Größe", {"ö", "ß"}, id="German in Czech"),
        pytest.param("vi", "giới thiệu", set(), id="tones on every vowel"),
        pytest.param("tr", "İYİ ĞIŞ", set(), id="Turkish capitals"),
    ],
)
def test_letters_of_other_languages_are_seen(locale: str, text: str, strange: set[str]) -> None:
    assert strange_letters(locale, text) == strange


@pytest.mark.parametrize(("locale", "encoding"), ENCODINGS.items())
def test_chinese_japanese_and_korean_use_their_own_characters(locale: str, encoding: str) -> None:
    for _, text in own_words(locale):
        # Newer than the encodings; the letters are what is asked here.
        text.replace("…", "").replace("ー", "").encode(encoding)


@pytest.mark.parametrize("locale", LOCALES)
def test_quotation_marks_and_apostrophes_are_printed_ones(locale: str) -> None:
    for path, text in own_words(locale):
        assert not re.search("[\"'`\u00b4]", text), path


@pytest.mark.parametrize("locale", [each for each in LOCALES if each != "th"])
def test_a_statement_ends_as_one(locale: str) -> None:
    told = dict(sentences(members(locale)))
    for path, english in sentences(members("en")):
        if english.endswith((".", "!")):
            assert told[path].endswith((*STOPS, "!", "\uff01")), path
        elif english[-1].isalpha() and path != "/page/restarts":  # where seconds may be "sec."
            assert not told[path].endswith(STOPS), path


@pytest.mark.parametrize("locale", [each for each in LOCALES if language(each).dir == "rtl"])
def test_a_question_from_the_right_does_not_begin_with_somebody_s_latin_name(locale: str) -> None:
    """A question shows its direction by its first letter, since owners write their own."""
    for question in language(locale).questions.values():
        assert not question.startswith("{")


@pytest.mark.parametrize("locale", LOCALES)
def test_anchors_names_and_buttons_fit_a_small_card(locale: str) -> None:
    spoken = language(locale)
    for pair in spoken.anchors.values():
        for anchor in pair:
            assert cells(anchor) <= LONGEST_ANCHOR, anchor
    for names in spoken.points.values():
        for name in names:
            assert cells(name) <= LONGEST_NAME, name
            assert max(map(cells, name.split())) <= LONGEST_WORD, name
    for button in (*(spoken.ui[name] for name in BUTTONS), spoken.page["finish"]):
        assert cells(button) <= LONGEST_BUTTON, button


@pytest.mark.parametrize("locale", LOCALES)
def test_a_screen_reader_is_told_the_score_first_or_after_the_highest_never_twice(
    locale: str,
) -> None:
    for pattern in language(locale).labels.values():
        assert pattern.count("{score}") == pattern.count("{high}") == 1
