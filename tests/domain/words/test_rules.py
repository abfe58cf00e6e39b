"""Which comments a rule tags."""

import doctest
import time
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.words import rules, tagged, terms, text
from feedback_service.domain.words.rules import MAX_PHRASES, Tagger, rule_of
from feedback_service.domain.words.tagged import MAX_TAGS, Tagged, retagged
from feedback_service.domain.words.terms import terms_of


def hit(words: Mapping[str, Sequence[str]], comment: str, locale: str | None = None) -> bool:
    return Tagger([rule_of("it", words)]).tags(comment, locale) == ("it",)


def test_the_examples_in_the_docstrings_hold() -> None:
    for module in (rules, tagged, terms, text):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("phrase", "comment", "is_hit"),
    [
        pytest.param("late", "It was LATE!", True, id="whatever the case"),
        pytest.param("late", "translate", False, id="a whole word"),
        pytest.param("deliver*", "Undelivered", False, id="from its beginning"),
        pytest.param("deliver*", "My deliveries", True, id="with any end"),
        pytest.param("too late", "too,  late", True, id="a phrase over punctuation"),
        pytest.param("too late", "late too", False, id="a phrase in its order"),
        pytest.param("trop cher*", "C'est TROP CHÈRE", True, id="without accents"),
        pytest.param("straße", "STRASSE", True, id="the sharp s"),
        pytest.param("l'attente", "L\u2019attente est longue", True, id="any apostrophe"),
        pytest.param("a+b", "a b", True, id="no pattern language but the star"),
        pytest.param("(.*)x", "anything x", True, id="what looks like a pattern is none"),
        pytest.param("(.*)y", "anything x", False, id="so it does not match all"),
        pytest.param("配送", "今回の配送が遅い", True, id="Japanese, inside a run"),
        pytest.param("ช้า", "ส่งของช้ามาก", True, id="Thai, inside a run"),
        pytest.param("متأخر", "الطلب مُتَأَخِّر", True, id="Arabic without vowel signs"),
        pytest.param("देरी", "बहुत दूर है", False, id="Hindi: vowel signs make the word"),
        pytest.param("देर*", "बहुत देरी हुई", True, id="Hindi, with any end"),
        pytest.param("배송", "배송", True, id="Hangul"),
    ],
)
def test_what_a_phrase_finds(phrase: str, comment: str, is_hit: bool) -> None:
    assert hit({"*": [phrase]}, comment) == is_hit


@pytest.mark.parametrize(
    ("language", "locale", "is_hit"),
    [
        ("*", "de", True),
        ("de", "de-AT", True),
        ("de", "DE_at", True),
        ("de", "en", False),
        ("de", None, True),
        ("pt-BR", "pt-BR", True),
        ("pt-BR", "pt-PT", False),
        ("pt-BR", "pt", True),
    ],
)
def test_a_list_is_for_answers_in_its_language(
    language: str, locale: str | None, is_hit: bool
) -> None:
    assert hit({language: ["x"]}, "x", locale) == is_hit


@pytest.mark.parametrize(
    ("tag", "words", "field"),
    [
        ("a,b", {"*": ["x"]}, "/tag"),
        ("", {"*": ["x"]}, "/tag"),
        ("a/b", {"*": ["x"]}, "/tag"),
        ("x" * 51, {"*": ["x"]}, "/tag"),
        ("a", {}, "/words"),
        ("a", {"*": []}, "/words"),
        ("a", {"german": ["x"]}, "/words"),
        ("a", {"de": ["!?"]}, "/words/de"),
        ("a", {"de": ["x" * 101]}, "/words/de"),
        ("a", {"de": [f"w{n}" for n in range(MAX_PHRASES + 1)]}, "/words/de"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(
    tag: str, words: Mapping[str, Sequence[str]], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        rule_of(tag, words)
    assert refused.value.field == field


TAGS = st.lists(st.sampled_from("abcdef"), unique=True).map(tuple)


def test_no_rule_takes_for_ever() -> None:
    tagger = Tagger([rule_of("a", {"*": ["あ* あ* あ* い", "a* a* a* b"]})])
    began = time.process_time()
    assert tagger.tags("あ" * 10_000, None) == ()
    assert tagger.tags("a " * 5_000, None) == ()
    assert tagger.tags("a" * 10_000, None) == ()
    assert time.process_time() - began < 5  # minutes, when it goes back and forth


@given(TAGS, TAGS, TAGS)
def test_people_have_the_last_word(
    own: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """Whatever the rules find, and find later: own tags stay, taken away ones stay away."""
    once = retagged(Tagged(own), first)
    assert set(once.tags) == {*own, *first}
    assert retagged(once, first) == once
    kept = tuple(tag for tag in once.tags if tag not in first[:1])
    twice = retagged(Tagged(kept, once.by_rule, once.refused), (*first, *second))
    taken = set(first[:1]) - set(own)
    assert not taken & set(twice.tags)
    assert set(own) - set(first[:1]) <= set(twice.tags)
    again = retagged(twice, ())
    assert set(again.tags) == set(kept) - set(once.by_rule)


def test_there_is_an_end_to_tags() -> None:
    found = retagged(Tagged(("own",)), [str(n) for n in range(99)])
    assert len(found.tags) == MAX_TAGS
    assert found.tags[0] == "own"


@given(st.text(max_size=300))
def test_no_comment_is_too_strange(comment: str) -> None:
    tagger = Tagger([rule_of("a", {"*": ["x y*", "配送"]})])
    assert tagger.tags(comment, None) in {(), ("a",)}
    assert all(term == term.lower() for term in terms_of(comment, ()))
