"""Every language file says everything the English one says, in its own direction."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from feedback_service.domain.measures.scales import SCALES
from feedback_service.locales import languages
from feedback_service.locales.filling import PLACEHOLDER as _PLACEHOLDER
from feedback_service.locales.languages import available_locales, language

LOCALES: Final = available_locales()
# Languages of the Arabic, Hebrew and Thaana scripts among those a file may ever come in.
RIGHT_TO_LEFT: Final = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
FOLDER: Final = Path(languages.__file__).parent


def members(locale: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / f"{locale}.json").read_text(encoding="utf-8"))
    return read


def sentences(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) of everything in a file."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from sentences(inner, f"{path}/{name}")
    else:
        for position, inner in enumerate(value):
            yield from sentences(inner, f"{path}/{position}")


def placeholders(locale: str) -> dict[str, list[str]]:
    return {path: sorted(_PLACEHOLDER.findall(text)) for path, text in sentences(members(locale))}


def test_the_first_languages_are_there() -> None:
    promised = {"en", "de", "fr", "es", "it", "nl", "pt-BR", "pl", "ar", "he", "ja"}
    assert promised <= set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_file_has_exactly_the_sentences_and_placeholders_of_english(locale: str) -> None:
    assert placeholders(locale) == placeholders("en")


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_empty_or_padded(locale: str) -> None:
    for path, text in sentences(members(locale)):
        assert text, path
        assert text == text.strip(), path
        assert "  " not in text, path
        assert text.count("{") == text.count("}") == len(_PLACEHOLDER.findall(text)), path


@pytest.mark.parametrize("locale", LOCALES)
def test_only_languages_written_from_the_right_say_so(locale: str) -> None:
    is_rtl = locale.partition("-")[0] in RIGHT_TO_LEFT
    assert language(locale).dir == ("rtl" if is_rtl else "ltr")


@pytest.mark.parametrize("locale", [each for each in LOCALES if each != "en"])
def test_a_translation_leaves_no_english_sentence(locale: str) -> None:
    english = dict(sentences(members("en")))
    same = {
        path
        for path, text in sentences(members(locale))
        if text == english[path] and path not in {"/dir", "/ui/region", "/ui/skip"}
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
