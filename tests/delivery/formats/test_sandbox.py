"""The language of templates: what it gives, what it refuses, and that it never takes long."""

import json
from contextlib import suppress
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.delivery.formats.filling.context import names_of
from feedback_service.delivery.formats.filling.samples import full
from feedback_service.delivery.formats.filling.sandbox import (
    LIMIT_S,
    Budget,
    TemplateFault,
    check,
    fill,
)
from feedback_service.domain.alerting.events import EVENT_TYPES

NAMES = names_of(full("alert.detractor"))
LONG = {**NAMES, "summary": "x" * 10_000}


def filled(source: str, names: dict[str, Any] = NAMES) -> Any:
    return fill(source, names, Budget.fresh())


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param("{{ response.score }}", 1, id="a lone expression keeps its type"),
        pytest.param("score {{ response.score }}", "score 1", id="anything else is text"),
        pytest.param("{{ response.complete }}", True, id="true stays true"),
        pytest.param("is {{ response.complete }}", "is true", id="and is printed as JSON has it"),
        pytest.param("{{ response.tags }}", ["vip"], id="a list"),
        pytest.param("{{ respondent.traits.plan }}", "pro", id="a trait"),
        pytest.param("{{ respondent.traits.city }}", None, id="a trait that is missing is null"),
        pytest.param("in {{ respondent.traits.city }}.", "in .", id="and prints as nothing"),
        pytest.param("{{ respondent.traits.items }}", None, id="no method hides behind a name"),
        pytest.param("{{ response.answers.reason|join }}", "price, speed", id="filters"),
        pytest.param("{{ 'low' if response.score < 3 else 'high' }}", "low", id="a condition"),
        pytest.param("{{ timestamp[:10] }}", "2026-11-24", id="a slice"),
        pytest.param("{{ response.comment|truncate(8) }}", "It took…", id="truncate"),
        pytest.param("{% for f in facts %}{{ f.label[0] }}{% endfor %}", "SSRTJCCPRNPR", id="for"),
        pytest.param("{{ response.score * 10 }}", 10, id="sums"),
        pytest.param('{"c": {{ response.band|json }}}', '{"c": "detractor"}', id="JSON in text"),
        pytest.param("plain", "plain", id="no template at all"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_template_gives(source: str, value: object) -> None:
    assert filled(source) == value


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ respnse.score }}", "no name 'respnse'"),
        ("{{ response.scor }}", "there is no 'scor' here: use id, score, band"),
        ("{{ response.score", "unexpected end of template"),
        ("{{ response.comment|shout }}", "no filter 'shout': use capitalize"),
        ("{{ response is odd }}", "no test 'odd': use in"),
        ("{% set a = 1 %}", "templates have no assign"),
        ("{% include 'x' %}", "templates have no include"),
        ("{% import 'x' as y %}", "templates have no import"),
        ("{% macro m() %}{% endmacro %}", "templates have no macro"),
        ("{{ response.comment.upper() }}", "templates have no call"),
        ("{{ 2 ** 2 }}", "templates have no pow"),
        ("{{ 'x' * 1000000000 }}", "* is for numbers"),
        ("{{ '%1000000000d' % 1 }}", "% is for numbers"),
        ("{{ response.__class__ }}", "there is no '__class__' here"),
        ("{{ response.comment.__class__.__mro__ }}", "there is no '__class__' here"),
        ("{{ ''['__class__'] }}", "there is no '__class__' here"),
        ("{{ _budget }}", "no name '_budget'"),
        ("{{ range }}", "no name 'range'"),
        ("{% for c in response.comment %}{% endfor %}", "lists and objects only"),
        ("{{ response.score / 0 }}", "division by zero"),
        ("{{ facts|upper|items }}", "items is for objects"),
        ("x" * 8_193, "at most 8192 characters"),
        ("{{" + "(" * 3_000 + "1" + ")" * 3_000 + "}}", "nested too deeply"),
    ],
)
def test_a_template_is_refused_with_the_reason(source: str, why: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        filled(source)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ " + "~".join(["summary"] * 500) + " }}", id="one long value"),
        pytest.param("{{ summary }}" * 600, id="much text"),
        pytest.param("{{ summary|replace('x', summary) }}", id="replace multiplies"),
        pytest.param("{{ [summary, summary, summary]|join(summary * 1) }}", id="sums of texts"),
        pytest.param(
            "{% for a in facts %}" * 6 + "{{ summary|length }}" + "{% endfor %}" * 6,
            id="loops in loops",
        ),
        pytest.param(
            "{% for a in facts %}" * 3
            + "{% if "
            + "~".join(["summary"] * 300)
            + " == 1 %}{% endif %}"
            + "{% endfor %}" * 3,
            id="work without output",
        ),
    ],
)
def test_no_template_takes_long_or_grows_large(source: str) -> None:
    started = thread_time()
    with pytest.raises(TemplateFault):
        filled(source, LONG)
    # One expression may begin before the limit and end after it.
    assert thread_time() - started < 5 * LIMIT_S


@given(st.text(max_size=60))
def test_any_text_is_a_template_or_a_fault(source: str) -> None:
    with suppress(TemplateFault):
        check(source)
        filled(source)


@given(st.text(max_size=200))
def test_any_comment_survives_the_json_filter(comment: str) -> None:
    names = {**NAMES, "message": comment}
    made = filled('{"said": {{ message|json }}, "twice": [{{ message|json }}]}', names)
    assert json.loads(made) == {"said": comment, "twice": [comment]}


@given(st.text(max_size=200))
def test_what_a_respondent_writes_is_never_a_template(comment: str) -> None:
    assert filled("{{ message }}", {**NAMES, "message": comment + "{{ 7 * 7 }}"}) == (
        comment + "{{ 7 * 7 }}"
    )


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_name_exists_in_every_event(event_type: str) -> None:
    assert names_of(full(event_type)).keys() == NAMES.keys()
    assert filled("{{ response.score }}{{ survey.definition.low }}{{ respondent.email }}", NAMES)
