"""The mail block before the judges: caniemail, doiuse-email and the MJML compiler."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from feedback_service.domain.measures.scales import SCALES
from tests.mailing.rendering import OWN_LINK, read, rendered

OFFICIAL: Final = Path(__file__).parent / "official"

# Told to screen readers; a program that does not know them leaves them out, and the text stays.
# Only Windows Mail, which Microsoft ended in 2024, does not.
FOR_SCREEN_READERS: Final = {
    "role attribute @ outlook.windows-mail",
    "aria-label attribute @ outlook.windows-mail",
}
# A whole mail cannot do without a body, which these programs turn into a div; and who does not
# know the colour scheme's tag draws the mail as it is.
OF_WHOLE_MAILS: Final = ("<body> element @ outlook.", "color-scheme meta tag @ ")

HOSTILE: Final = {"subject": "{{ steal }} *|STEAL|* <b>"}

Verdicts = dict[str, dict[str, Any]]


def cases(fmt: str, *, full: bool) -> dict[str, str]:
    """Return a mail of every scale, from left to right and from right to left."""
    return {
        f"{scale} {locale}": rendered(scale, format=fmt, locale=locale, link=OWN_LINK, full=full)
        for scale in SCALES
        for locale in ("en", "ar")
    }


def judged(**sent: dict[str, str]) -> Verdicts:
    node = shutil.which("node")
    assert node, "Node.js is not on the PATH: nobody can judge"
    assert (OFFICIAL / "node_modules" / "caniemail").is_dir(), (
        "the judges are not installed: run `npm ci` in tests/mailing/official"
    )
    done = subprocess.run(
        [node, OFFICIAL / "judge.js"],
        input=json.dumps({"html": {}, "mjml": {}, **sent}).encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    verdicts: Verdicts = json.loads(done.stdout)
    return verdicts


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """All cases before the judges at once: they take seconds to come in."""
    return judged(
        html={
            **{f"block {name}": html for name, html in cases("html", full=False).items()},
            **{f"mail {name}": html for name, html in cases("html", full=True).items()},
            "bad": '<div style="display:grid;border-radius:9px">x</div>',
        },
        mjml={
            **cases("mjml", full=True),
            "hostile": rendered(of=HOSTILE, format="mjml", sender="klaviyo", full=True),
        },
    )


@pytest.mark.slow
def test_gmail_outlook_and_apple_mail_know_all_that_is_in_a_block(verdicts: Verdicts) -> None:
    blocks = {name: set(f) for name, f in verdicts["html"].items() if name.startswith("block")}
    assert len(blocks) == 2 * len(SCALES)
    assert {name: found - FOR_SCREEN_READERS for name, found in blocks.items()} == {
        name: set() for name in blocks
    }


@pytest.mark.slow
def test_a_whole_mail_adds_what_only_whole_mails_have(verdicts: Verdicts) -> None:
    mails = {name: set(f) for name, f in verdicts["html"].items() if name.startswith("mail")}
    assert len(mails) == 2 * len(SCALES)
    for found in mails.values():
        rest = found - FOR_SCREEN_READERS
        assert {fault for fault in rest if not fault.startswith(OF_WHOLE_MAILS)} == set()


@pytest.mark.slow
def test_the_judges_find_what_is_not_known(verdicts: Verdicts) -> None:
    """A judge that finds nothing at all would prove nothing."""
    assert "border-radius @ outlook.windows" in verdicts["html"]["bad"]


@pytest.mark.slow
def test_mjml_compiles_without_a_word_and_keeps_every_link(verdicts: Verdicts) -> None:
    assert {name: made["errors"] for name, made in verdicts["mjml"].items()} == {
        name: [] for name in verdicts["mjml"]
    }
    for name in cases("mjml", full=True):
        scale, locale = name.split()
        block = read(rendered(scale, locale=locale, link=OWN_LINK))
        kept = read_links(verdicts["mjml"][name]["html"])
        assert kept == [href for href, _, _ in block.links], name


@pytest.mark.slow
def test_mjml_keeps_merge_tags_and_no_word_becomes_one(verdicts: Verdicts) -> None:
    html = verdicts["mjml"]["hostile"]["html"]
    assert html.count("{{ person|lookup:'survey_url' }}?score=") == 11
    for tag in ("{{ steal", "*|STEAL", "<b>"):
        assert tag not in html


def read_links(html: str) -> list[str]:
    """Return the links of people in compiled MJML, which has links to fonts, too."""
    hrefs = (part.partition('"')[0].replace("&amp;", "&") for part in html.split('href="')[1:])
    return [href for href in hrefs if href.startswith("https://feedback.example/")]
