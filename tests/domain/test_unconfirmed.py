"""What a machine may have answered: kept, told to nobody, and replaced by the person's answer."""

from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.alerting.events import EVENT_TYPES, events_for, still_true
from feedback_service.domain.responses import Response, changed_response, first_response
from tests.factories import NOW, answer, definition, survey, token

LATER = NOW + timedelta(hours=1)
NPS = definition("nps")


def by_machine(score: int = 0, **more: Any) -> Response:
    given = answer(score, suspicion="no-gesture", **more)
    return first_response(token(), survey("nps"), given, "rsp_1", NOW)


def test_a_machine_s_answer_raises_nothing() -> None:
    doubted = by_machine(complete=True)
    assert doubted.unconfirmed == "no-gesture"
    assert events_for(NPS, None, doubted, NOW) == []
    assert not any(still_true(event, NPS, doubted) for event in EVENT_TYPES)


def test_a_person_s_answer_takes_its_place_and_is_told() -> None:
    doubted = by_machine(0, comment="test@example.com", complete=True)
    said = changed_response(doubted, NPS, answer(9), LATER)
    assert (said.score, said.comment, said.complete) == (9, None, False)
    assert (said.unconfirmed, said.scored_at) == (None, LATER)
    assert [event.type for event in events_for(NPS, doubted, said, LATER)] == ["response.scored"]


def test_the_same_score_confirmed_raises_its_alert() -> None:
    doubted = by_machine(0)
    confirmed = changed_response(doubted, NPS, answer(0), LATER)
    raised = {event.type for event in events_for(NPS, doubted, confirmed, LATER)}
    assert raised == {"response.scored", "alert.detractor"}


def test_what_a_machine_completed_never_becomes_final() -> None:
    doubted = by_machine(0, complete=True)
    assert doubted.editable_until(NPS) == doubted.expires_at
    assert changed_response(doubted, NPS, answer(10), LATER).score == 10


@pytest.mark.parametrize("more", [{"score": 0}, {"comment": "spam"}, {"withdrawn": True}])
def test_a_machine_changes_nothing_a_person_said(more: dict[str, Any]) -> None:
    said = first_response(token(), survey("nps"), answer(9, "Good"), "rsp_1", NOW)
    assert changed_response(said, NPS, answer(suspicion="too-fast", **more), LATER) is said


def test_two_scores_at_once_leave_the_first_doubted() -> None:
    first = first_response(token(), survey("nps"), answer(0), "rsp_1", NOW)
    at = NOW + timedelta(seconds=4)
    both = changed_response(first, NPS, answer(1, page_at=NOW - timedelta(seconds=1)), at)
    assert (both.score, both.unconfirmed) == (0, "several-scores")


def test_a_person_whose_page_was_open_when_a_machine_answered_is_believed() -> None:
    at = NOW + timedelta(seconds=3)
    said = changed_response(by_machine(0), NPS, answer(9, page_at=NOW - timedelta(seconds=1)), at)
    assert (said.score, said.unconfirmed) == (9, None)


def test_a_person_who_thinks_better_of_it_is_believed() -> None:
    first = first_response(token(), survey("nps"), answer(0), "rsp_1", NOW)
    at = NOW + timedelta(seconds=6)
    second = changed_response(first, NPS, answer(9, page_at=NOW + timedelta(seconds=2)), at)
    assert (second.score, second.unconfirmed) == (9, None)


def test_a_withdrawn_answer_says_nothing_and_may_be_given_again() -> None:
    said = first_response(token(), survey("nps"), answer(0, "Bad", complete=True), "rsp_1", NOW)
    undone = changed_response(said, NPS, answer(withdrawn=True), NOW)
    assert (undone.score, undone.band, undone.comment, undone.complete) == (None, None, None, False)
    assert events_for(NPS, said, undone, NOW) == []
    for event in ("response.scored", "response.completed", "alert.detractor"):
        assert not still_true(event, NPS, undone)
    assert changed_response(undone, NPS, answer(8), LATER).scored_at == LATER
