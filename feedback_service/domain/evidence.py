"""What tells a person from a link scanner, judged when an answer comes from the survey page.

Scanners open every link, ask for its head first, run scripts and submit forms. So an answer is
doubted only by what surrounds it, and always in favour of the person: whoever looked at the page
for three seconds in a browser, or touched it, and pressed, is believed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from feedback_service.domain.surveys import CapturePolicy

# unknown: the page's script did not run. script: it ran and saw nobody. hand: it saw a trusted
# pointer, key or touch event. itself: it sent the form after such an event, without a press.
Doer = Literal["unknown", "script", "hand", "itself"]
DOERS: Final[tuple[Doer, ...]] = ("unknown", "script", "hand", "itself")

Suspicion = Literal[
    "no-page",
    "followed-trap",
    "no-gesture",
    "too-fast",
    "scanner-near",
    "several-scores",
    "no-browser",
]

# Nobody reads a question and presses within a second, and a busy server adds another to what a
# program takes. With a thumb seen on the button it may be quicker.
FASTEST: Final = timedelta(seconds=2)
FASTEST_BY_HAND: Final = timedelta(milliseconds=300)
# How long a page must have been visible before it may send itself.
LOOKED_AT: Final = timedelta(milliseconds=1500)
# Whoever took this long has read the question, whatever else opened the link meanwhile.
UNHURRIED: Final = timedelta(seconds=3)
# Without script and without a word of what every browser says of itself it takes longer. No scanner
# holds a link that long, and the last browser that says nothing still gets its person believed.
UNHURRIED_UNKNOWN: Final = timedelta(seconds=30)
# Outlook's Safe Links asks for the head and the page right before it lets the person through, so
# none of these is held against anybody who is not in a hurry.
NEAR: Final = timedelta(minutes=10)
BURST: Final = timedelta(seconds=10)
MANY_SCORES: Final = 3
# Mail needs longer than this to arrive and be read.
JUST_SENT: Final = timedelta(seconds=10)
_SENT_BY_MAIL: Final = ("email", "sms")
# Two pages that were open at once and send different scores within this time: a machine tries all.
CONTRADICTION: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Press:
    """One press of the page's button.

    page_at: when that page was made, None when the form came from elsewhere. trapped: whether the
    link on it that no person can see was followed. by_browser: whether the request says what every
    browser says, languages or how it came about, and programs leave out.
    """

    page_at: datetime | None
    by: Doer
    trapped: bool = False
    by_browser: bool = True


@dataclass(frozen=True, slots=True)
class Traces:
    """What was seen of a link before. scores: how many different ones its openings asked for
    within a burst; burst_at: about when that was. head_at: when its head was last asked for."""

    scores: int = 0
    burst_at: datetime | None = None
    head_at: datetime | None = None


NO_TRACES: Final = Traces()


def suspicion_of(
    press: Press,
    policy: CapturePolicy,
    traces: Traces,
    sent: tuple[str, datetime],
    now: datetime,
) -> Suspicion | None:
    """Return why an answer is not believed without asking again, None when it is.

    sent: channel and issue time of the token.
    """
    if press.page_at is None:
        return "no-page"
    age = now - press.page_at
    match press.by:
        case "hand":
            return "too-fast" if age < FASTEST_BY_HAND else None
        case "itself":
            return None if policy == "gesture" and age >= LOOKED_AT else "no-gesture"
        case "script":
            return "no-gesture"
        case _:
            return _of_silent(press, age, _is_scanner_near(traces, sent, now))


def contradicts(page_at: datetime | None, stored_at: datetime, now: datetime) -> bool:
    """Tell whether another score than the stored one shows a machine trying all of them.

    A person who thinks better of it does so on a page made after their first answer was stored.
    page_at: of the page that sends the other score; None when a hand was seen on it.
    """
    return page_at is not None and page_at < stored_at and now - stored_at < CONTRADICTION


def _of_silent(press: Press, age: timedelta, is_scanner_near: bool) -> Suspicion | None:
    """Judge a press of which no script tells anything."""
    if press.trapped:
        return "followed-trap"
    if age < FASTEST:
        return "too-fast"
    if is_scanner_near and age < UNHURRIED:
        return "scanner-near"
    return "no-browser" if not press.by_browser and age < UNHURRIED_UNKNOWN else None


def _is_scanner_near(traces: Traces, sent: tuple[str, datetime], now: datetime) -> bool:
    channel, issued_at = sent
    if traces.head_at is not None and now - traces.head_at < NEAR:
        return True
    if (
        traces.scores >= MANY_SCORES
        and traces.burst_at is not None
        and now - traces.burst_at < 2 * BURST
    ):
        return True
    return channel in _SENT_BY_MAIL and now - issued_at < JUST_SENT
