"""The alert rule, and which events an answer raises: a table of stories."""

from datetime import timedelta

import pytest

from feedback_service.domain.alerting.events import (
    ALERTS,
    COMPLETED,
    SCORED,
    UNSUBSCRIBED,
    Event,
    events_for,
    still_true,
)
from feedback_service.domain.measures.scales import METRICS, Metric
from feedback_service.domain.responses import Answer, Response, changed_response, first_response
from tests.factories import NOW, answer, definition, response, survey, token

SETTLE = timedelta(seconds=60)
STEP = timedelta(seconds=10)
NPS = definition("nps", settle_s=60)
DETRACTOR = ALERTS["nps"]


def story(*answers: Answer) -> tuple[list[Event], Response]:
    """Give answers 10 s apart; returns the events of the last one and the response."""
    before: Response | None = None
    after = first_response(token(), survey("nps", settle_s=60), answers[0], "rsp_1", NOW)
    for step, given in enumerate(answers[1:], start=1):
        before, after = after, changed_response(after, NPS, given, NOW + step * STEP)
    return events_for(NPS, before, after, NOW + (len(answers) - 1) * STEP), after


def due(events: list[Event]) -> dict[str, int]:
    """Return event type -> seconds from the first answer until it is due."""
    return {event.type: int((event.due_at - NOW).total_seconds()) for event in events}


@pytest.mark.parametrize(
    ("answers", "events"),
    [
        pytest.param([answer(9)], {SCORED: 0}, id="a good score"),
        pytest.param([answer(7)], {SCORED: 0}, id="a middling score"),
        pytest.param([answer(3)], {SCORED: 0, DETRACTOR: 60}, id="a bad score waits for words"),
        pytest.param([answer(3, "slow")], {SCORED: 0, DETRACTOR: 0}, id="a bad score with words"),
        pytest.param(
            [answer(3, complete=True)],
            {SCORED: 0, DETRACTOR: 0, COMPLETED: 0},
            id="a bad score, complete at once",
        ),
        pytest.param(
            [answer(3, dismissed=True)], {SCORED: 0, DETRACTOR: 0}, id="a bad score, then gone"
        ),
        pytest.param([answer(3), answer(comment="slow")], {DETRACTOR: 10}, id="the words come in"),
        pytest.param(
            [answer(3), answer(complete=True)],
            {DETRACTOR: 10, COMPLETED: 10},
            id="completed without words",
        ),
        pytest.param([answer(3), answer(dismissed=True)], {DETRACTOR: 10}, id="the page is left"),
        pytest.param(
            [answer(3), answer(2)], {DETRACTOR: 60}, id="worse, still settling from the first score"
        ),
        pytest.param([answer(3), answer(9)], {}, id="corrected to a good one"),
        pytest.param([answer(3), answer(9), answer(2)], {DETRACTOR: 60}, id="good, and bad again"),
        pytest.param([answer(9), answer(3)], {DETRACTOR: 60}, id="good at first, then bad"),
        pytest.param([answer(dismissed=True)], {}, id="dismissed without a score"),
        pytest.param([answer(comment="hm")], {}, id="words without a score"),
        pytest.param(
            [answer(comment="hm"), answer(3)], {SCORED: 10, DETRACTOR: 10}, id="words first"
        ),
        pytest.param([answer(complete=True)], {COMPLETED: 0}, id="complete without a score"),
        pytest.param(
            [answer(9, complete=True), answer(9, "nice", complete=True)], {}, id="completed before"
        ),
        pytest.param(
            [answer(3), *[answer(score) for score in (2, 1, 2, 1, 2, 1)]],
            {DETRACTOR: 60},
            id="dithering does not put it off beyond the settle time",
        ),
        pytest.param(
            [answer(3), *[answer(score) for score in (2, 1, 2, 1, 2, 1, 2)]],
            {DETRACTOR: 70},
            id="after the settle time it is due at once",
        ),
    ],
)
def test_an_answer_raises_these_events(answers: list[Answer], events: dict[str, int]) -> None:
    raised, _ = story(*answers)
    assert due(raised) == events


@pytest.mark.parametrize(
    ("metric", "scale", "bad", "good"),
    [
        ("nps", "likelihood-11", 6, 7),
        ("csat", "satisfaction-5", 2, 3),
        ("ces", "agreement-7", 3, 4),
        ("ces", "effort-5", 4, 3),
        ("ces", "difficulty-7", 5, 4),
    ],
)
def test_the_worst_band_alerts_whichever_end_is_bad(
    metric: Metric, scale: str, bad: int, good: int
) -> None:
    chosen = definition(metric, scale)

    def types(score: int) -> set[str]:
        band = chosen.bands.of_score[score]
        scored = response(score=score, band=band, scored_at=NOW)
        return {event.type for event in events_for(chosen, None, scored, NOW)}

    assert types(bad) == {SCORED, ALERTS[metric]}
    assert types(good) == {SCORED}


def test_the_alerts_are_named_after_what_is_wrong() -> None:
    assert ALERTS == {
        "nps": "alert.detractor",
        "csat": "alert.dissatisfied",
        "ces": "alert.high_effort",
    }


def test_a_correction_takes_the_alert_back_and_nothing_else() -> None:
    _, bad = story(answer(3, complete=True))
    _, corrected = story(answer(3, complete=True), answer(9))
    assert still_true(DETRACTOR, NPS, bad)
    assert not still_true(DETRACTOR, NPS, corrected)
    for lasting in (SCORED, COMPLETED, UNSUBSCRIBED):
        assert still_true(lasting, NPS, corrected)


@pytest.mark.parametrize("metric", METRICS)
def test_an_alert_of_another_metric_is_never_true(metric: Metric) -> None:
    worst = response(score=0, band="detractor")
    assert still_true(ALERTS[metric], NPS, worst) is (metric == "nps")


def test_without_settle_time_an_alert_goes_out_at_once() -> None:
    impatient = definition("nps", settle_s=0)
    scored = response(score=1, band="detractor", scored_at=NOW)
    assert due(events_for(impatient, None, scored, NOW))[DETRACTOR] == 0
