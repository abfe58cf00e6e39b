"""Which language somebody is served."""

import pytest

from feedback_service.locales.languages import best_locale
from feedback_service.locales.matching import by_preference, matched

MANY = ["en", "de", "fr", "nb", "pt-BR", "zh-Hans", "zh-Hant", "he", "sr-Latn"]


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("de-CH-1996", "de"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-Hant-MO", "zh-Hant"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("iw", "he"),
        ("sr", "sr-Latn"),
        ("sw", None),
        ("", None),
        ("d", None),
        ("../en", None),
        ("de\n", "de"),
        ("x" * 500, None),
    ],
)
def test_a_locale_is_served_by_the_closest_one(wanted: str, served: str | None) -> None:
    assert matched(wanted, MANY) == served


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", ["fr-CH", "fr", "en", "de", "*"]),
        ("en;q=0.2, de;q=0.9", ["de", "en"]),
        ("de;q=0, en", ["en"]),
        ("de;q=2, en;q=x, fr", ["fr"]),
        ("de", ["de"]),
        ("", [""]),
    ],
)
def test_a_header_is_read_by_its_weights(header: str, tags: list[str]) -> None:
    assert by_preference(header) == tags


@pytest.mark.parametrize(
    ("wishes", "served"),
    [
        pytest.param(["de", "fr"], "de", id="the strongest wish that can be served"),
        pytest.param([None, "", "xx", "fr-CH;q=0.4, ja"], "ja", id="wishes we cannot serve"),
        pytest.param([None], "en", id="no wish"),
        pytest.param(["*"], "en", id="anything"),
        pytest.param(["sw, tlh;q=0.3"], "en", id="only unknown languages"),
        pytest.param(["a," * 100_000 + "de"], "en", id="a header beyond reason"),
    ],
)
def test_best_locale(wishes: list[str | None], served: str) -> None:
    assert best_locale(wishes) == served
