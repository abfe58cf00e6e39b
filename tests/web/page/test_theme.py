"""A survey's own colours: on the page, and readable whatever they are."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.colours import contrast, palette
from feedback_service.usecases.service import Service
from feedback_service.web.page.assets import csp_hash
from feedback_service.web.page.theme import theme_css
from tests.factories import link_token, make_project, make_survey

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
themes = st.dictionaries(st.sampled_from(["accent", "background", "text"]), colours)


@given(themes, st.sampled_from(["light", "dark"]))
def test_every_theme_can_be_read(theme: dict[str, str], scheme: str) -> None:
    made = palette(theme, scheme)
    for words, ground in [
        ("text", "bg"),
        ("muted", "bg"),
        ("accent", "bg"),
        ("good", "bg"),
        ("bad", "bad-bg"),
        ("ink", "accent"),
        ("text", "cell"),
        ("text", "hover"),
    ]:
        assert contrast(made[words], made[ground]) >= 4.5, (words, ground)
    assert contrast(made["edge"], made["bg"]) >= 3


@given(themes)
def test_a_readable_theme_is_worn_as_it_is(theme: dict[str, str]) -> None:
    made = palette({**theme, "background": "#ffffff", "accent": "#a10f4b"}, "light")
    assert made["bg"] == (255, 255, 255)
    assert made["accent"] == (0xA1, 0x0F, 0x4B)


def test_a_background_of_its_own_holds_by_day_and_by_night() -> None:
    assert "prefers-color-scheme" not in (theme_css({"background": "#fff4e0"}) or "")
    assert "prefers-color-scheme" in (theme_css({"accent": "#a10f4b"}) or "")


@pytest.mark.parametrize("theme", [{}, {"accent": None}, {"scheme": "auto"}])
def test_without_colours_there_is_no_stylesheet(theme: dict[str, str]) -> None:
    assert theme_css(theme) is None


def test_the_policy_admits_the_theme_and_nothing_else(
    client: FlaskClient, service: Service
) -> None:
    survey = make_survey(service, make_project(service), theme={"accent": "#a10f4b"})
    token = link_token(service, survey, now=datetime.now(UTC))
    reply = client.get(f"/s/{token}")
    css = theme_css({"accent": "#a10f4b"})
    assert css is not None
    assert f"<style>{css}</style>" in reply.get_data(as_text=True)
    policy = reply.headers["Content-Security-Policy"]
    assert f" {csp_hash(css)};" in policy
    assert "unsafe" not in policy
