"""Whatever a survey says stays words: no markup, and no merge tag of any sender."""

import re
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.mailing.links import SENDERS
from feedback_service.mailing.words import as_text
from tests.mailing.rendering import asking, read, rendered

# What senders look for: Mailchimp, Handlebars and Django's kin, Brevo's old tags, SendGrid's.
TAGS: Final = re.compile(r"\*\||\|\*|\{\{|\}\}|\{%|\{#|\{[a-z]|\[[A-Za-z%]|%%|<%|-survey_")
HOSTILE: Final = [
    "{{ evil }}",
    "{{{evil}}}",
    "*|EVIL|*",
    "*|IF:X|* *|END:IF|*",
    "{% evil %}",
    "{# evil #}",
    "{unsubscribe}",
    "[EVIL]",
    "[[evil]]",
    "%%evil%%",
    "<% evil %>",
    "-survey_url-",
    "<script>alert(1)</script>",
    '" onclick="evil()',
    "--> <!-- evil <![endif]-->",
    "</td></table></mj-text>",
    "\u202e evil &lbrace;&lbrace;",
    "a\nb\tc\0d",
]
words: Final = st.lists(
    st.sampled_from([*HOSTILE, *"{}[]*|%<>&\"'#-$ a\n", "survey_url"]), min_size=1, max_size=8
).map("".join)


def without_our_tags(source: str, sender: str) -> str:
    links = SENDERS[sender]
    assert links.unsubscribe is not None
    for ours in (links.survey, links.unsubscribe, "[if mso]", "[endif]"):
        source = source.replace(ours, "")
    return source


@settings(max_examples=40)
@given(words, st.sampled_from(sorted(SENDERS)))
def test_words_are_no_tags_and_no_markup_in_html(said: str, sender: str) -> None:
    for full in (False, True):
        plain = read(rendered(of=asking("Well?"), sender=sender, full=full))
        made = rendered(of=asking(said), sender=sender, full=full)
        seen = read(made)
        assert TAGS.search(without_our_tags(made, sender)) is None
        assert [tag for tag, _ in seen.tags] == [tag for tag, _ in plain.tags]
        assert [href for href, _, _ in seen.links] == [href for href, _, _ in plain.links]
        assert squeezed(said) in squeezed(seen.text)


@settings(max_examples=40)
@given(words, st.sampled_from(sorted(SENDERS)))
def test_words_are_no_tags_in_mjml(said: str, sender: str) -> None:
    made = rendered(of=asking(said), format="mjml", sender=sender, full=True)
    assert TAGS.search(without_our_tags(made, sender)) is None
    plain = rendered(of=asking("Well?"), format="mjml", sender=sender, full=True)
    assert made.count("<") == plain.count("<")


@settings(max_examples=40)
@given(words, st.sampled_from(sorted(SENDERS)))
def test_words_are_no_tags_in_plain_text(said: str, sender: str) -> None:
    made = rendered(of=asking(said), format="text", sender=sender)
    assert TAGS.search(without_our_tags(made, sender)) is None
    question = made.splitlines()[0]
    assert squeezed(question.replace("\u2060", "")) == squeezed(said)


@pytest.mark.parametrize(
    "plain", ["It's 5 - 10 % (or *more*)? [", "a|b", "Müller & Söhne <3", "日本"]
)
def test_ordinary_words_stay_as_they_are(plain: str) -> None:
    assert as_text(plain) == plain


def test_hostile_subjects_tasks_and_projects_are_words_too() -> None:
    of = {"subject": "{{ a }}", "task": "<b>*|B|*</b>"}
    for scale in ("agreement-7", "likelihood-11", "ease-5"):
        made = rendered(scale, of=of, sender="mailchimp")
        assert TAGS.search(without_our_tags(made, "mailchimp")) is None
        assert "<b>" not in made


def squeezed(text: str) -> str:
    """Return what can be seen of a text, whatever blanks lie between."""
    return re.sub(r"[\x00-\x20\x7f\xa0]+", "", text)
