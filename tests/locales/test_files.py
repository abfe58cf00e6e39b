"""Every language file says everything the English one says, in its own direction."""

import re
import subprocess
import sys
from typing import Final

import pytest

from feedback_service.domain.measures.scales import SCALES
from feedback_service.locales.filling import PLACEHOLDER
from feedback_service.locales.languages import available_locales, language
from tests.guards.sources import ROOT
from tests.locales.reading import members, sentences

LOCALES: Final = available_locales()
PROMISED: Final = (
    "en es fr de it pt-BR pt-PT nl pl cs sk hu ro bg el hr sl sv da nb fi et lv lt uk ru tr "
    "ar he fa ur hi bn id ms vi th ja ko zh-Hans zh-Hant"
)
# Languages of the Arabic, Hebrew and Thaana scripts among those a file may ever come in.
RIGHT_TO_LEFT: Final = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
# Words a language shares with English, or has from it.
SHARED: Final = {
    ("de", "/ui/region"),
    ("nl", "/ui/region"),
    ("da", "/ui/send"),
    ("nb", "/ui/send"),
}


def placeholders(locale: str) -> dict[str, list[str]]:
    return {path: sorted(PLACEHOLDER.findall(text)) for path, text in sentences(members(locale))}


def test_the_promised_languages_are_there() -> None:
    assert set(PROMISED.split()) == set(LOCALES)


def test_the_documentation_names_every_language() -> None:
    table = (ROOT / "docs/languages.md").read_text(encoding="utf-8").partition("## Which")[0]
    assert set(re.findall(r"`([\w-]+)`", table)) == set(LOCALES)
    assert f"{len(LOCALES)} languages" in table


@pytest.mark.parametrize("locale", LOCALES)
def test_a_file_has_exactly_the_sentences_and_placeholders_of_english(locale: str) -> None:
    assert placeholders(locale) == placeholders("en")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_file_tells_its_sentences_in_the_order_of_english(locale: str) -> None:
    assert list(placeholders(locale)) == list(placeholders("en"))


@pytest.mark.parametrize("locale", LOCALES)
def test_only_languages_written_from_the_right_say_so(locale: str) -> None:
    is_rtl = locale.partition("-")[0] in RIGHT_TO_LEFT
    assert language(locale).dir == ("rtl" if is_rtl else "ltr")


def test_every_language_calls_itself_by_a_name_of_its_own() -> None:
    assert len({language(locale).name for locale in LOCALES}) == len(LOCALES)


@pytest.mark.parametrize("locale", [each for each in LOCALES if each != "en"])
def test_a_translation_leaves_no_english_sentence(locale: str) -> None:
    english = dict(sentences(members("en")))
    same = {
        path
        for path, text in sentences(members(locale))
        if text == english[path] and path != "/dir" and (locale, path) not in SHARED
    }
    assert same == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_named_points_fit_their_scale_differ_and_end_in_its_anchors(locale: str) -> None:
    spoken = language(locale)
    for scale, names in spoken.points.items():
        assert len(names) == len(SCALES[scale].points)
        assert len(set(names)) == len(names)
        low, high = spoken.anchors[scale.partition("-")[0]]
        assert (names[0], names[-1]) == (low, high)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_said_after_a_score_depends_on_it(locale: str) -> None:
    spoken = language(locale)
    assert len({*spoken.thanks.values(), spoken.ui["thanks"]}) == 4
    assert len(set(spoken.follow_up.values())) == 4


def test_only_the_language_that_is_spoken_is_read() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", _WATCHED], capture_output=True, text=True, check=True
    )
    assert seen.stdout.split() == ["ja.json"]


_WATCHED: Final = """
import sys
from pathlib import Path
from feedback_service.locales.languages import best_locale, language
def hook(event, args):
    if event == "open" and str(args[0]).endswith(".json"):
        print(Path(args[0]).name)
sys.addaudithook(hook)
best_locale(["de-AT"])
language("ja-JP")
language("ja")
"""
