"""What stands in the mail block: one link per score, told to eyes, fingers and screen readers."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.colours import contrast, rgb
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.scales import SCALES
from feedback_service.locales.wording import available_locales
from feedback_service.mailing.mail import FORMATS
from tests.mailing.rendering import OWN_LINK, PROJECT, asking, read, rendered

GOLDEN = Path(__file__).parent / "golden"
colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize("scale", sorted(SCALES))
@pytest.mark.parametrize("locale", available_locales())
def test_every_score_has_its_link_in_order(scale: str, locale: str) -> None:
    links = read(rendered(scale, locale=locale, link=OWN_LINK)).links
    scores = [f"{OWN_LINK}?score={score}" for score in SCALES[scale].points]
    unsubscribe = OWN_LINK.replace("/s/", "/u/")
    assert [href for href, _, _ in links] == [*scores, OWN_LINK, unsubscribe]
    names = [name for _, name, _ in links[: len(scores)]]
    assert all(names)
    assert len(set(names)) == len(names)
    for (_, name, seen), score in zip(links, SCALES[scale].points, strict=False):
        assert str(score) in name
        assert seen.startswith(str(score))


def test_a_screen_reader_says_the_scale() -> None:
    names = {seen: name for _, name, seen in read(rendered()).links}
    assert names["9"] == "9 of 10"
    assert names["10"] == "10 of 10, Extremely likely"


@pytest.mark.parametrize("full", [False, True], ids=["block", "mail"])
def test_tables_are_for_layout_and_pictures_are_not_there(full: bool) -> None:
    tags = read(rendered(full=full)).tags
    assert {named.get("role") for tag, named in tags if tag == "table"} == {"presentation"}
    assert not {"img", "script", "style", "link", "form", "input"} & {tag for tag, _ in tags}


@pytest.mark.parametrize(
    ("locale", "lang", "direction"),
    [("de-AT", "de", "ltr"), ("ar", "ar", "rtl"), (None, "en", "ltr")],
)
def test_the_language_and_its_direction_are_told(
    locale: str | None, lang: str, direction: str
) -> None:
    for full in (False, True):
        tags = read(rendered(locale=locale, full=full)).tags
        first = next(named for tag, named in tags if tag in {"html", "table"})
        assert (first["lang"], first["dir"]) == (lang, direction)


def test_from_right_to_left_everything_begins_on_the_right() -> None:
    made = rendered(locale="he", full=True)
    aligned = {named.get("align") for tag, named in read(made).tags if tag == "table"}
    assert aligned == {None, "right"}


def test_a_whole_mail_names_the_project() -> None:
    assert PROJECT in read(rendered(full=True)).text
    assert rendered(format="text", full=True).startswith(PROJECT)
    assert "<body" not in rendered()


def test_gmail_does_not_clip_it() -> None:
    """Gmail cuts a mail at 102 kB; the block leaves nearly all of it to its host."""
    longest = "https://feedback.example/" + "y" * 40 + "/s/" + "x" * 400
    sizes = {
        scale: len(rendered(scale, locale="ar", link=longest, of=asking("w" * 500)).encode())
        for scale in SCALES
    }
    assert max(sizes.values()) < 20_000


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(["accent", "background", "text"]), colours),
       st.sampled_from(["auto", "light", "dark", None]))  # fmt: skip
def test_every_theme_can_be_read(theme: dict[str, str], scheme: str | None) -> None:
    made = rendered(of={"theme": {**theme, "scheme": scheme} if scheme else theme})
    tags = read(made).tags
    (ground,) = {named["bgcolor"] for _, named in tags if named.get("bgcolor")}
    assert ground is not None
    worn = {style_of(named, "color") for _, named in tags} - {None}
    assert worn
    for colour in worn:
        assert colour is not None
        assert contrast(rgb(colour), rgb(ground)) >= 4.5


def test_a_theme_of_the_dark_is_dark() -> None:
    tags = read(rendered(of={"theme": {"scheme": "dark"}}, full=True)).tags
    assert ("color-scheme", "dark") in {
        (named.get("name"), named.get("content")) for _, named in tags
    }
    assert "#ffffff" not in {named.get("bgcolor") for _, named in tags}


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_language_we_have_not_is_refused_with_those_we_have(fmt: str) -> None:
    with pytest.raises(InvalidValue, match="use one of ar, ") as refused:
        rendered(format=fmt, locale="tlh")
    assert refused.value.field == "/locale"


def test_a_survey_asks_in_its_own_words() -> None:
    for fmt in FORMATS:
        assert "Was it fun?" in rendered(of=asking("Was it fun?"), format=fmt)


def test_plain_text_has_a_line_and_a_link_for_every_score() -> None:
    lines = rendered(format="text", link=OWN_LINK).splitlines()
    scores = [line for line in lines if "?score=" in line]
    assert scores[0] == f"0 of 10, Not at all likely: {OWN_LINK}?score=0"
    assert len(scores) == 11
    numbers = [int(line.rpartition("=")[2]) for line in scores]
    assert all(after == before + 1 for before, after in pairwise(numbers))
    assert lines[-1].endswith(": " + OWN_LINK.replace("/s/", "/u/"))


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("nps.html", {"sender": "mailchimp"}),
        ("csat-3-ar.html", {"scale": "satisfaction-3", "locale": "ar", "sender": "klaviyo"}),
        ("csat.mjml", {"scale": "satisfaction-5", "format": "mjml", "sender": "sendgrid"}),
        ("nps.txt", {"format": "text", "link": "https://feedback.example/s/x"}),
    ],
)
def test_a_mail_changes_only_on_purpose(name: str, wish: dict[str, Any]) -> None:
    """After a change you wanted: write what it is now into the file, and look at it."""
    assert rendered(**wish) == (GOLDEN / name).read_text(encoding="utf-8")


def style_of(named: dict[str, str | None], wanted: str) -> str | None:
    pairs = (part.partition(":") for part in (named.get("style") or "").split(";"))
    return next((value for name, _, value in pairs if name == wanted), None)
