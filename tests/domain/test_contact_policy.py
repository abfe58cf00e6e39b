"""When a person may be asked again, and what they are told who ask why not."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.contact_policy import (
    Contact,
    ContactPolicy,
    policy_of,
    verdict,
)
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.scales import Metric
from tests.factories import DAY, NOW

DEFAULT = ContactPolicy()
SECOND = timedelta(seconds=1)

policies = st.builds(
    ContactPolicy,
    after_answer_days=st.integers(0, 200),
    after_decline_days=st.integers(0, 200),
    cap=st.integers(0, 4),
    cap_days=st.integers(1, 60),
)
instants = st.integers(0, 300 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
metrics: st.SearchStrategy[Metric] = st.sampled_from(["nps", "csat", "ces"])
histories = st.lists(st.builds(Contact, metrics, instants, st.booleans()), max_size=8)


def answered(days_ago: float, metric: Metric = "nps") -> Contact:
    return Contact(metric, NOW - days_ago * DAY, answered=True)


def declined(days_ago: float, metric: Metric = "nps") -> Contact:
    return Contact(metric, NOW - days_ago * DAY, answered=False)


@pytest.mark.parametrize(
    ("contacts", "reason", "in_days"),
    [
        pytest.param([], None, None, id="a stranger"),
        pytest.param([answered(89)], "answered-recently", 1, id="answered 89 days ago"),
        pytest.param([answered(90)], None, None, id="answered 90 days ago"),
        pytest.param([declined(29)], "declined-recently", 1, id="declined 29 days ago"),
        pytest.param([declined(30)], None, None, id="declined 30 days ago"),
        pytest.param([answered(1, "csat")], None, None, id="answered another metric"),
        pytest.param(
            [declined(1), answered(80)], "declined-recently", 29, id="the longer wait is told"
        ),
        pytest.param(
            [declined(20), answered(40)], "answered-recently", 50, id="an answer outlasts a decline"
        ),
        pytest.param(
            [answered(3, "csat"), declined(5, "ces"), declined(28, "csat")],
            "asked-too-often",
            2,
            id="three surveys in a month",
        ),
        pytest.param(
            [answered(3, "csat"), declined(5, "ces"), declined(30, "csat")],
            None,
            None,
            id="the third is a month old",
        ),
    ],
)
def test_who_is_left_alone(
    contacts: list[Contact], reason: str | None, in_days: int | None
) -> None:
    given = verdict(DEFAULT, "nps", contacts, None, NOW)
    assert given.reason == reason
    assert given.until == (None if in_days is None else NOW + in_days * DAY)


def test_who_unsubscribed_is_never_asked_whatever_the_policy() -> None:
    off = ContactPolicy(after_answer_days=0, after_decline_days=0, cap=0)
    given = verdict(off, "nps", [answered(1)], NOW - 400 * DAY, NOW)
    assert (given.reason, given.until) == ("unsubscribed", None)
    assert "2025-10-20" in given.words


def test_with_every_rule_off_anybody_may_be_asked() -> None:
    off = ContactPolicy(after_answer_days=0, after_decline_days=0, cap=0)
    assert verdict(off, "nps", [answered(0), declined(0)] * 9, None, NOW).allowed


def test_the_words_say_what_happened_and_when_it_ends() -> None:
    told = verdict(DEFAULT, "ces", [declined(10, "ces")], None, NOW).words
    assert told == (
        "this person declined a CES survey on 2026-11-14; "
        "the next one may come 30 days after a decline, on 2026-12-14"
    )
    once = ContactPolicy(cap=1, cap_days=1)
    assert verdict(once, "csat", [answered(0)], None, NOW).words == (
        "this person answered or declined 1 survey in the last 1 day; "
        "at most 1 survey may come in that time, so the next one on 2026-11-25"
    )


@given(policies, metrics, histories)
def test_until_is_the_first_moment_at_which_nothing_stands_in_the_way(
    policy: ContactPolicy, metric: Metric, contacts: list[Contact]
) -> None:
    given = verdict(policy, metric, contacts, None, NOW)
    if given.until is None:
        assert given.allowed
        return
    assert given.until > NOW
    assert verdict(policy, metric, contacts, None, given.until).allowed
    assert not verdict(policy, metric, contacts, None, given.until - SECOND).allowed


@given(policies, metrics, histories, instants)
def test_one_more_contact_never_brings_the_next_survey_closer(
    policy: ContactPolicy, metric: Metric, contacts: list[Contact], at: datetime
) -> None:
    more = [*contacts, Contact("nps", at, answered=True)]
    before = verdict(policy, metric, contacts, None, NOW).until or NOW
    assert (verdict(policy, metric, more, None, NOW).until or NOW) >= before


@given(policies, metrics, histories)
def test_what_is_older_than_the_longest_rule_never_matters(
    policy: ContactPolicy, metric: Metric, contacts: list[Contact]
) -> None:
    recent = [one for one in contacts if one.at > NOW - policy.longest()]
    assert verdict(policy, metric, recent, None, NOW) == verdict(
        policy, metric, contacts, None, NOW
    )


@given(policies)
def test_a_policy_comes_back_from_what_differs(policy: ContactPolicy) -> None:
    assert policy_of(policy.changed()) == policy


@pytest.mark.parametrize(
    ("stored", "field"),
    [
        ({"after_answer_days": -1}, "/after_answer_days"),
        ({"after_decline_days": 731}, "/after_decline_days"),
        ({"cap": 101}, "/cap"),
        ({"cap": 1, "cap_days": 0}, "/cap_days"),
    ],
)
def test_a_policy_out_of_bounds_is_refused(stored: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        policy_of(stored)
    assert refused.value.field == field
