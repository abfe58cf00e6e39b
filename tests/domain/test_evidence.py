"""What tells a person from a scanner: always in favour of the person."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.evidence import NO_TRACES, Press, Traces, contradicts, suspicion_of
from tests.factories import DAY, NOW

HOUR_OLD = ("email", NOW - timedelta(hours=1))
# Outlook's Safe Links: the head and the page, a moment before the person sees it.
SAFE_LINKS = Traces(scores=1, burst_at=NOW, head_at=NOW - timedelta(seconds=4))
# Every link of the mail opened within a second, heads first.
STORM = Traces(scores=11, burst_at=NOW, head_at=NOW)


def press(
    after_s: float | None, by: Any = "unknown", *, trapped: bool = False, by_browser: bool = True
) -> Press:
    """Return a press so long after its page was made; None: the form came from elsewhere."""
    page_at = None if after_s is None else NOW - timedelta(seconds=after_s)
    return Press(page_at, by, trapped, by_browser)


@pytest.mark.parametrize(
    ("pressed", "traces", "sent"),
    [
        pytest.param(press(3), NO_TRACES, HOUR_OLD, id="opens, reads, presses; no script"),
        pytest.param(press(3), STORM, HOUR_OLD, id="while a scanner opens everything"),
        pytest.param(press(3), SAFE_LINKS, HOUR_OLD, id="behind Safe Links"),
        pytest.param(press(3), STORM, ("email", NOW), id="just sent, but unhurried"),
        pytest.param(press(2.1), NO_TRACES, HOUR_OLD, id="a quick reader without script"),
        pytest.param(press(0.4, "hand"), STORM, ("email", NOW), id="a quick thumb"),
        pytest.param(press(2, "hand"), SAFE_LINKS, HOUR_OLD, id="a click through Safe Links"),
        pytest.param(press(2, "hand", trapped=True), STORM, HOUR_OLD, id="a prefetching browser"),
        pytest.param(
            press(0.4, "hand", by_browser=False), STORM, HOUR_OLD, id="a hand, whatever was said"
        ),
        pytest.param(
            press(30, by_browser=False), STORM, HOUR_OLD, id="a browser that says nothing, in peace"
        ),
        pytest.param(press(86_400 * 30), STORM, HOUR_OLD, id="a tab that was open for a month"),
        pytest.param(
            press(2),
            Traces(scores=11, burst_at=NOW - timedelta(minutes=5)),
            HOUR_OLD,
            id="long after the storm",
        ),
        pytest.param(
            press(2), Traces(head_at=NOW - timedelta(minutes=11)), HOUR_OLD, id="long after a head"
        ),
        pytest.param(press(2.1), Traces(scores=2, burst_at=NOW), HOUR_OLD, id="opened two scores"),
        pytest.param(press(2.1), NO_TRACES, ("link", NOW), id="a link made on the spot"),
    ],
)
def test_a_person_is_believed(pressed: Press, traces: Traces, sent: Any) -> None:
    assert suspicion_of(pressed, "confirm", traces, sent, NOW) is None


@pytest.mark.parametrize(
    ("pressed", "traces", "sent", "why"),
    [
        pytest.param(press(None), NO_TRACES, HOUR_OLD, "no-page", id="never saw the page"),
        pytest.param(press(None, "hand"), NO_TRACES, HOUR_OLD, "no-page", id="claims a hand"),
        pytest.param(press(1.9), NO_TRACES, HOUR_OLD, "too-fast", id="at once"),
        pytest.param(press(0.1, "hand"), NO_TRACES, HOUR_OLD, "too-fast", id="faster than a hand"),
        pytest.param(press(9, "script"), NO_TRACES, HOUR_OLD, "no-gesture", id="headless"),
        pytest.param(
            press(9, trapped=True), NO_TRACES, HOUR_OLD, "followed-trap", id="followed the trap"
        ),
        pytest.param(press(2), STORM, HOUR_OLD, "scanner-near", id="amid a storm"),
        pytest.param(press(2), SAFE_LINKS, HOUR_OLD, "scanner-near", id="right after a head"),
        pytest.param(
            press(2), NO_TRACES, ("email", NOW), "scanner-near", id="before the mail arrived"
        ),
        pytest.param(
            press(29, by_browser=False), NO_TRACES, HOUR_OLD, "no-browser", id="a patient program"
        ),
        pytest.param(press(9, "itself"), NO_TRACES, HOUR_OLD, "no-gesture", id="sends itself"),
    ],
)
def test_a_machine_is_doubted(pressed: Press, traces: Traces, sent: Any, why: str) -> None:
    assert suspicion_of(pressed, "confirm", traces, sent, NOW) == why


@pytest.mark.parametrize(("after_s", "why"), [(1.4, "no-gesture"), (1.5, None), (60, None)])
def test_a_page_may_send_itself_where_the_survey_lets_it(after_s: float, why: str | None) -> None:
    assert suspicion_of(press(after_s, "itself"), "gesture", NO_TRACES, HOUR_OLD, NOW) == why


@given(
    by=st.sampled_from(["unknown", "hand"]),
    after_s=st.floats(3, 10**6),
    scores=st.integers(0, 11),
    opened_s=st.integers(0, 10**5),
    channel=st.sampled_from(["email", "sms", "link", "api", "widget"]),
)
def test_open_three_seconds_press_is_always_believed(
    by: Any, after_s: float, scores: int, opened_s: int, channel: str
) -> None:
    at = NOW - timedelta(seconds=opened_s)
    traces = Traces(scores=scores, burst_at=at, head_at=at)
    assert suspicion_of(press(after_s, by), "confirm", traces, (channel, at), NOW) is None


@pytest.mark.parametrize(
    ("page", "stored", "is_machine"),
    [
        pytest.param(NOW - timedelta(seconds=6), NOW - timedelta(seconds=3), True, id="both open"),
        pytest.param(NOW - timedelta(seconds=2), NOW - timedelta(seconds=3), False, id="corrected"),
        pytest.param(NOW - DAY, NOW - timedelta(hours=1), False, id="an old tab, hours later"),
        pytest.param(None, NOW - timedelta(seconds=3), False, id="a hand was seen"),
    ],
)
def test_two_scores_at_once_are_a_machine_s(page: Any, stored: Any, is_machine: bool) -> None:
    assert contradicts(page, stored, NOW) is is_machine
