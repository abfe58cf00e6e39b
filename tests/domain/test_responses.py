"""How answers make and change a response."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from feedback_service.domain.errors import InvalidValue, ResponseFinal, ScoreOutOfRange
from feedback_service.domain.measures.scales import Metric
from feedback_service.domain.responses import (
    MAX_SAVES,
    Answer,
    Response,
    changed_response,
    first_response,
)
from tests.factories import NOW, answer, definition, response, survey, token

LATER = NOW + timedelta(minutes=1)
NPS = definition("nps", edit_window_s=900)


def first(given: Answer, **of_token: Any) -> Response:
    return first_response(token(**of_token), survey("nps"), given, "rsp_1", NOW)


def then(before: Response, given: Answer, now: datetime = LATER) -> Response:
    return changed_response(before, NPS, given, now)


@pytest.mark.parametrize(
    ("metric", "score", "band"),
    [
        ("nps", 0, "detractor"),
        ("nps", 6, "detractor"),
        ("nps", 7, "passive"),
        ("nps", 10, "promoter"),
        ("csat", 2, "dissatisfied"),
        ("csat", 3, "neutral"),
        ("ces", 3, "high_effort"),
        ("ces", 7, "low_effort"),
    ],
)
def test_a_score_falls_in_its_band(metric: Metric, score: int, band: str) -> None:
    made = first_response(token(), survey(metric), answer(score), "rsp_1", NOW)
    assert (made.score, made.band, made.scored_at) == (score, band, NOW)


@pytest.mark.parametrize(("metric", "score"), [("nps", 11), ("nps", -1), ("csat", 0), ("ces", 8)])
def test_a_score_off_the_scale_is_refused_first_and_later(metric: Metric, score: int) -> None:
    with pytest.raises(ScoreOutOfRange, match=str(score)):
        first_response(token(), survey(metric), answer(score), "rsp_1", NOW)
    with pytest.raises(ScoreOutOfRange):
        changed_response(response(), definition(metric), answer(score), NOW)


def test_an_answer_may_come_without_a_score() -> None:
    made = first(answer(comment="only words"))
    assert (made.score, made.band, made.scored_at) == (None, None, None)
    assert made.comment == "only words"


def test_a_response_keeps_what_its_token_says() -> None:
    made = first(
        answer(9, locale="fr", traits={"plan": "free", "page": "1"}),
        respondent="cust_1",
        touchpoint="checkout",
        campaign="may",
        locale="de",
        traits={"plan": "pro"},
        test=True,
    )
    assert (made.respondent, made.touchpoint, made.campaign) == ("cust_1", "checkout", "may")
    assert made.locale == "de"
    assert made.test
    assert made.traits == {"plan": "pro", "page": "1"}, "what was signed wins over what was sent"


def test_a_token_without_touchpoint_takes_the_surveys() -> None:
    asked = survey("nps", touchpoint="support", journey_stage="support")
    made = first_response(token(), asked, answer(9), "rsp_1", NOW)
    assert (made.touchpoint, made.journey_stage) == ("support", "support")


def test_what_is_not_sent_again_stays() -> None:
    before = first(answer(3, "slow"))
    after = then(before, answer(complete=True))
    assert (after.score, after.comment, after.complete) == (3, "slow", True)


def test_a_correction_keeps_the_moment_of_the_first_score() -> None:
    after = then(first(answer(3)), answer(9))
    assert (after.score, after.band) == (9, "promoter")
    assert (after.scored_at, after.updated_at, after.saves) == (NOW, LATER, 2)


@pytest.mark.parametrize("taken_back", ["", "   ", "\n"])
def test_an_empty_comment_takes_the_words_back(taken_back: str) -> None:
    assert then(first(answer(3, "slow")), answer(comment=taken_back)).comment is None


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param(answer(), id="nothing"),
        pytest.param(answer(3, "slow", complete=True), id="the whole state"),
        pytest.param(answer(3), id="the score alone"),
        pytest.param(answer(comment=" slow "), id="the same words with spaces"),
        pytest.param(answer(complete=True), id="complete again"),
    ],
)
def test_a_repeated_answer_changes_nothing_at_all(repeated: Answer) -> None:
    before = first(answer(3, "slow", complete=True))
    assert then(before, repeated) is before


def test_completing_twice_does_not_move_the_edit_window() -> None:
    before = first(answer(3, complete=True))
    after = then(before, answer(4, complete=True))
    assert after.completed_at == NOW
    assert after.editable_until(NPS) == before.editable_until(NPS)


def test_a_response_is_editable_until_its_window_ends() -> None:
    before = first(answer(3, complete=True))
    last_moment = NOW + timedelta(seconds=900) - timedelta(microseconds=1)
    assert then(before, answer(9), last_moment).score == 9


@pytest.mark.parametrize("given", [answer(9), answer(), answer(3)])
def test_after_its_window_a_response_is_final(given: Answer) -> None:
    before = first(answer(3, complete=True))
    with pytest.raises(ResponseFinal):
        then(before, given, NOW + timedelta(seconds=900))


def test_a_response_that_was_never_completed_lives_as_long_as_its_token() -> None:
    before = first(answer(3))
    assert before.editable_until(NPS) == before.expires_at
    assert then(before, answer(9), NOW + timedelta(days=80)).score == 9


def test_a_dismissal_is_kept_once() -> None:
    before = first(answer(dismissed=True))
    assert before.dismissed_at == NOW
    assert then(before, answer(dismissed=True)) is before


def test_a_script_that_saves_for_ever_is_stopped() -> None:
    worn = response(score=3, band="detractor", scored_at=NOW, saves=MAX_SAVES)
    assert then(worn, answer(3)) is worn
    with pytest.raises(InvalidValue, match="too often"):
        then(worn, answer(4))
    assert then(response(saves=MAX_SAVES - 1), answer(4)).saves == MAX_SAVES


ASKED = definition(
    "nps",
    extra_questions=(
        {"key": "why", "kind": "text"},
        {"key": "again", "kind": "single", "options": [{"value": "yes"}, {"value": "no"}]},
    ),
)


def test_extra_answers_replace_the_earlier_ones_as_a_whole() -> None:
    before = response(answers={"why": "price", "again": "no"})
    after = changed_response(before, ASKED, Answer(answers={"again": "yes", "why": None}), NOW)
    assert after.answers == {"again": "yes"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        pytest.param({"unasked": "x"}, "/answers/unasked", id="a question nobody asked"),
        pytest.param({"again": "maybe"}, "/answers/again", id="an option nobody offered"),
    ],
)
def test_an_extra_answer_that_fits_no_question_is_refused(
    answers: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        changed_response(response(), ASKED, Answer(answers=answers), NOW)
    assert refused.value.field == field
