"""Which themes may be saved, and what a refusal offers instead."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.colours import Rgb, contrast, hex_of, palette, rgb, scheme_of
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.theming.themes import check_theme
from tests.guards.sources import ROOT

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
themes = st.fixed_dictionaries(
    {},
    optional={
        "accent": colours,
        "background": colours,
        "text": colours,
        "scheme": st.sampled_from(["auto", "light", "dark"]),
    },
)
# Words and what they stand on, in the palette that widget, page and mail share.
READ = [("text", "bg"), ("muted", "bg"), ("accent", "bg"), ("ink", "accent"), ("text", "hover")]


def refusal(theme: dict[str, str]) -> InvalidValue | None:
    try:
        check_theme(theme)
    except InvalidValue as error:
        return error
    return None


def offered(error: InvalidValue) -> str:
    found = re.search(r"can be read is (#[0-9a-f]{6})$", str(error))
    assert found is not None, str(error)
    return found[1]


def shown_schemes(theme: dict[str, str]) -> list[str]:
    if "background" in theme:
        return [scheme_of(theme["background"])]
    scheme = theme.get("scheme", "auto")
    return ["light", "dark"] if scheme == "auto" else [scheme]


def drawn(theme: dict[str, str], scheme: str) -> dict[str, Rgb]:
    own = {name: colour for name, colour in theme.items() if name != "scheme"}
    return palette(own, scheme)


@given(themes)
def test_every_theme_that_is_saved_shows_readable_colours(theme: dict[str, str]) -> None:
    if refusal(theme) is not None:
        return
    for scheme in shown_schemes(theme):
        made = drawn(theme, scheme)
        for words, ground in READ:
            assert contrast(made[words], made[ground]) >= 4.5, (scheme, words, ground)
        assert contrast(made["edge"], made["bg"]) >= 3


@given(themes)
def test_a_saved_theme_shows_its_text_and_background_as_they_were_chosen(
    theme: dict[str, str],
) -> None:
    if refusal(theme) is not None:
        return
    made = drawn(theme, shown_schemes(theme)[0])
    for name, variable in [("background", "bg"), ("text", "text")]:
        if name in theme:
            assert hex_of(made[variable]) == theme[name]
    if "accent" in theme and contrast(rgb(theme["accent"]), made["bg"]) >= 4.5:
        assert hex_of(made["accent"]) == theme["accent"]


@given(themes)
def test_what_a_refusal_offers_is_accepted(theme: dict[str, str]) -> None:
    mended = dict(theme)
    for _ in range(2):  # at most one refusal for the text, one for the accent
        error = refusal(mended)
        if error is None:
            break
        field = str(error.field).rpartition("/")[2]
        mended[field] = offered(error)
    assert refusal(mended) is None
    assert mended.get("background") == theme.get("background")


@given(colours, colours, colours)
def test_a_colour_that_can_be_read_is_never_refused(
    text: str, background: str, accent: str
) -> None:
    theme = {"text": text, "background": background, "accent": accent}
    ground = rgb(background)
    is_readable = contrast(rgb(text), ground) >= 4.5 and contrast(rgb(accent), ground) >= 3
    assert (refusal(theme) is None) == is_readable


@pytest.mark.parametrize(
    ("theme", "field", "ratio", "near"),
    [
        pytest.param(
            {"accent": "#ffd400"}, "/theme/accent", "1.43:1", "#b09200", id="yellow by day"
        ),
        pytest.param(
            {"text": "#777777", "background": "#ffffff"},
            "/theme/text",
            "4.47:1",
            "#767676",
            id="grey that just misses",
        ),
        pytest.param(
            {"text": "#000080", "background": "#000000"},
            "/theme/text",
            "1.31:1",
            "#3c6ee4",
            id="navy on black",
        ),
        pytest.param(
            {"accent": "#003366", "scheme": "dark"},
            "/theme/accent",
            "1.30:1",
            "#3d6ca4",
            id="a dark accent by night",
        ),
    ],
)
def test_a_refusal_names_the_field_the_ratio_and_the_nearest_colour(
    theme: dict[str, str], field: str, ratio: str, near: str
) -> None:
    error = refusal(theme)
    assert error is not None
    assert error.field == field
    assert ratio in str(error)
    assert offered(error) == near


def test_the_documentation_shows_a_refusal_as_it_is() -> None:
    told = " ".join((ROOT / "docs/themes.md").read_text(encoding="utf-8").split())
    assert str(refusal({"accent": "#ffd400"})) in told


@pytest.mark.parametrize(
    "theme",
    [
        {},
        {"accent": None, "scheme": "dark"},
        {"accent": "#003366"},
        {"accent": "#ffd400", "scheme": "dark"},
        {"accent": "#ffd400", "background": "#202020"},
        {"text": "#222222"},
        {"text": "#dddddd", "scheme": "dark"},
        {"radius": "8px"},
    ],
)
def test_a_colour_is_judged_where_it_was_chosen_for(theme: dict[str, Any]) -> None:
    check_theme(theme)
