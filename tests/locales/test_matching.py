"""Which language somebody is served."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.locales.languages import available_locales, best_locale
from feedback_service.locales.matching import FALLBACK, by_preference, chain, matched

MANY = ["en", "de", "fr", "nb", "pt-BR", "zh-Hans", "zh-Hant", "he", "sr-Latn"]
OURS = st.sampled_from(available_locales())
SUBTAG = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)


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
    ("wanted", "served"),
    [
        ("pt", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("pt-PT", "pt-PT"),
        ("pt-AO", "pt-PT"),
        ("pt-US", "pt-BR"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-TW", "zh-Hans"),
        ("yue-HK", "zh-Hant"),
        ("no", "nb"),
        ("nn", "nb"),
        ("iw-IL", "he"),
        ("in", "id"),
        ("es-419", "es"),
        ("en-GB", "en"),
        ("fa-AF", "fa"),
        ("sr-Latn-RS", "en"),
        ("tlh", "en"),
    ],
)
def test_what_our_languages_serve(wanted: str, served: str) -> None:
    assert best_locale([wanted]) == served


@given(locale=OURS, subtags=st.lists(SUBTAG, max_size=1), upper=st.booleans())
def test_a_language_we_have_is_served_however_its_tag_is_written(
    locale: str, subtags: list[str], upper: bool
) -> None:
    tag = "_".join([locale.replace("-", "_"), *subtags])
    served = best_locale([tag.upper() if upper else tag])
    assert served.partition("-")[0] == locale.partition("-")[0]
    if "-" in locale:
        assert served == locale


@given(st.lists(st.none() | st.text(max_size=40), max_size=4))
def test_whatever_strangers_send_ends_in_a_language_we_have(wishes: list[str | None]) -> None:
    assert best_locale(wishes) in available_locales()


@given(st.text(max_size=60))
def test_a_chain_only_ever_becomes_more_general(wanted: str) -> None:
    tags = list(chain(wanted))
    assert len(tags) == len(set(tags)) <= 10
    assert all(tag == tag.lower() for tag in tags)


@given(first=OURS, second=OURS)
def test_the_dearer_of_two_languages_is_served(first: str, second: str) -> None:
    assert best_locale([f"{second};q=0.3, {first};q=0.8"]) == first
    assert best_locale([f"{second}, {first};q=0.9"]) == second
    assert best_locale([None, "tlh", first, second]) == first
    assert best_locale([f"{first};q=0"]) == FALLBACK


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
