"""The pages of docs/crm say what is so, and what they show can be saved."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from feedback_service.delivery.formats.check import check_format
from feedback_service.delivery.formats.every import FORMATS
from feedback_service.delivery.formats.filling.context import KNOWN
from feedback_service.delivery.formats.filling.filters import FILTERS
from feedback_service.delivery.formats.filling.mapping import shipped
from feedback_service.domain.alerting.events import EVENT_TYPES
from tests.delivery.formats.ready import VENDORS, ready, saying

PAGES: Final = Path(__file__).parents[3] / "docs" / "crm"


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def shown_json(name: str) -> list[Any]:
    """Return the JSON a page shows: blocks, `echo '…'`, and words within a sentence."""
    text = page(name)
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    echoed = re.findall(r"echo '(\{.*?\})' >", text)
    inline = [code.replace("\n", " ") for code in re.findall(r"`(\{\"[^`]+\})`", text)]
    return [json.loads(one) for one in (*blocks, *echoed, *inline)]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "standard"])
def test_every_format_has_a_page_that_is_listed(name: str) -> None:
    assert f"[{name}.md]({name}.md)" in page("README")
    text = page(name)
    assert f"--format {name}" in text
    assert all(event in EVENT_TYPES for event in re.findall(r"--event (\S+)", text))
    for need in FORMATS[name].needs:
        assert f'--header "{need.name}: @' in text


@pytest.mark.parametrize("name", VENDORS)
def test_a_page_names_every_word_and_where_its_facts_are_from(name: str) -> None:
    words = shipped(FORMATS[name].words or "")
    assert [word for word in words if f"`{word}`" not in page(name)] == []
    assert "**Success:**" in page(name)
    assert re.search(r"^Sources?: ", page(name), re.MULTILINE)
    assert FORMATS[name].build.__module__.rpartition(".")[2] == name


def test_what_the_pages_show_can_be_saved() -> None:
    tried = 0
    for name in FORMATS:
        if name == "standard":
            continue
        for template in shown_json(name):
            tried += 1
            check_format(
                ready(name, template=template) if name == "template" else saying(name, **template)
            )
    assert tried > 10


def test_the_words_of_the_overview_can_be_saved() -> None:
    (template,) = shown_json("README")[:1]
    check_format(saying("zendesk", **template))


def test_the_overview_names_every_name_and_filter() -> None:
    told = page("README")
    assert [name for name in KNOWN if not re.search(rf"`[^`]*\b{name}\b[^`]*`", told)] == []
    listed = re.search(r"filters `([^`]+)`", told)
    assert listed is not None
    assert set(listed[1].split()) == FILTERS.keys()
