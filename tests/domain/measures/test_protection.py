"""Small groups: nothing shown, nor anything two shown figures differ by, is about a few people."""

import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.measures import protection
from feedback_service.domain.measures.periods import Period
from feedback_service.domain.measures.protection import MIN_GROUP, hidden_parts, released

FIRST = date(2026, 1, 1)
answers = st.dictionaries(
    st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n)), st.integers(0, 9), max_size=30
)
spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda s: Period(FIRST + timedelta(days=min(s)), FIRST + timedelta(days=max(s)))
)
groups = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 20))


def test_the_examples_in_the_docstrings_are_true() -> None:
    names = {"date": date}
    assert doctest.testmod(protection, extraglobs=names).failed == 0


@given(people=answers, one=spans, other=spans)
def test_two_periods_never_differ_by_a_few(
    people: dict[date, int], one: Period, other: Period
) -> None:
    a, b = released(people, one), released(people, other)
    for days in (a, a - b, b - a, a & b):
        size = sum(people[day] for day in days)
        assert size == 0 or size >= MIN_GROUP


@given(people=answers, day=st.integers(0, 10), more=st.integers(1, 9))
def test_new_answers_never_show_up_in_small_numbers(
    people: dict[date, int], day: int, more: int
) -> None:
    ever = Period(FIRST, FIRST + timedelta(days=99))
    before = sum(people[one] for one in released(people, ever))
    later = {**people, FIRST + timedelta(days=50 + day): more}
    after = sum(later[one] for one in released(later, ever))
    assert after == before or after - before >= MIN_GROUP


@given(shown=groups, withheld=st.integers(0, 9))
def test_what_the_parts_lack_of_the_total_is_nobody_or_enough(
    shown: dict[str, int], withheld: int
) -> None:
    total = sum(shown.values()) + withheld
    hidden = hidden_parts(shown, total)
    visible = [people for part, people in shown.items() if part not in hidden]
    assert all(people >= MIN_GROUP for people in visible)
    rest = total - sum(visible)
    assert rest == 0 or rest >= MIN_GROUP or not visible


def test_nothing_is_hidden_without_need() -> None:
    assert hidden_parts({"a": 5, "b": 9}, 14) == frozenset()
    assert hidden_parts({"a": 2, "b": 3, "c": 9}, 14) == {"a", "b"}
    assert hidden_parts({"a": 2, "b": 6, "c": 9}, 17) == {"a", "b"}
