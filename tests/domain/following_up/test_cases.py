"""How a case moves."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import CaseChanged, InvalidValue
from feedback_service.domain.following_up.cases import (
    CASE_STATUSES,
    Case,
    calls_for_case,
    changed_case,
    check_revision,
    opened_case,
)
from tests.factories import NOW, definition, response

DUE = timedelta(days=2)
LATER = NOW + timedelta(hours=3)


def case() -> Case:
    return opened_case(response(), DUE, NOW)


def changed(before: Case, **wish: Any) -> Case:
    return changed_case(before, wish, DUE, LATER)[0]


def test_reaching_the_person_is_timed_once() -> None:
    contacted = changed(case(), status="contacted")
    assert contacted.contacted_at == LATER
    reopened = changed(contacted, status="open")
    again = changed_case(reopened, {"status": "contacted"}, DUE, LATER + DUE)[0]
    assert again.contacted_at == LATER


def test_a_case_opened_again_is_not_resolved_and_has_time_again() -> None:
    resolved = changed(case(), status="resolved")
    assert (resolved.resolved_at, resolved.due_at) == (LATER, NOW + DUE)
    reopened, changes = changed_case(resolved, {"status": "open"}, DUE, NOW + 9 * DUE)
    assert (reopened.resolved_at, reopened.due_at) == (None, NOW + 10 * DUE)
    assert changes["status"] == ("resolved", "open")


def test_what_stays_the_same_is_no_change() -> None:
    before = changed(case(), owner="Ada")
    after, changes = changed_case(before, {"owner": "Ada", "status": "open"}, DUE, LATER)
    assert after is before
    assert changes == {}


def test_the_owner_can_be_taken_off_the_due_time_cannot() -> None:
    assert changed(changed(case(), owner="Ada"), owner=None).owner is None
    with pytest.raises(InvalidValue, match="due time"):
        changed(case(), due_at=None)


def test_who_was_slower_is_told() -> None:
    before = changed(case(), owner="Ada")
    check_revision(before, None)
    check_revision(before, 2)
    with pytest.raises(CaseChanged, match="revision 2"):
        check_revision(before, 1)


@given(st.lists(st.sampled_from(CASE_STATUSES)))
def test_resolved_at_is_there_exactly_when_it_is_resolved(steps: list[str]) -> None:
    current = case()
    for number, status in enumerate(steps, start=1):
        at = NOW + number * timedelta(hours=1)
        current, _ = changed_case(current, {"status": status}, DUE, at)
        assert (current.resolved_at is not None) == (current.status == "resolved")
        assert current.due_at >= NOW + DUE
    assert current.revision <= 1 + len(steps)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({"score": 3, "band": "detractor"}, True, id="low"),
        pytest.param({"score": 7, "band": "passive"}, False, id="not low"),
        pytest.param({}, False, id="no score"),
        pytest.param({"score": 3, "band": "detractor", "test": True}, False, id="a test"),
        pytest.param({"score": 3, "band": "detractor", "excluded": "spam"}, False, id="excluded"),
        pytest.param(
            {"score": 3, "band": "detractor", "unconfirmed": "too-fast"}, False, id="doubted"
        ),
    ],
)
def test_which_answers_call_for_a_case(changes: dict[str, Any], wanted: bool) -> None:
    assert calls_for_case(definition("nps"), response(**changes)) is wanted
