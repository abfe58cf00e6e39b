"""What webhooks hear about, and when: decided from a response before and after one answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feedback_service.domain.measures.scales import BANDS
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Definition

SCORED: Final = "response.scored"
COMPLETED: Final = "response.completed"
UNSUBSCRIBED: Final = "respondent.unsubscribed"
TEST: Final = "webhook.test"
CASE_OPENED: Final = "case.opened"
CASE_RESOLVED: Final = "case.resolved"
CASE_OVERDUE: Final = "case.overdue"
# Told to a project's other webhooks.
DISABLED: Final = "webhook.disabled"
RECOVERED: Final = "webhook.recovered"

# Metric -> the alert its worst band raises.
ALERTS: Final = {metric: f"alert.{BANDS[metric][0]}" for metric in BANDS}
CASE_EVENTS: Final = (CASE_OPENED, CASE_OVERDUE, CASE_RESOLVED)
EVENT_TYPES: Final = (
    *(SCORED, COMPLETED, *sorted(ALERTS.values()), UNSUBSCRIBED),
    *(*CASE_EVENTS, DISABLED, RECOVERED, TEST),
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something a webhook may be told, not before due_at."""

    type: str
    due_at: datetime


def events_for(
    definition: Definition, before: Response | None, after: Response, now: datetime
) -> list[Event]:
    """Return the events an answer raises.

    before: the response as it was, None for a first answer. An alert that was raised already is
    raised again here: its delivery is one row, whose due time moves up when the words are in.
    An unconfirmed response raises nothing.
    """
    if after.unconfirmed is not None:
        return []
    if before is not None and before.unconfirmed is not None:
        before = None  # what nobody was told is news once a person confirms it
    events = []
    if after.score is not None and (before is None or before.score is None):
        events.append(Event(SCORED, now))
    if alerts(definition, after):
        events.append(Event(ALERTS[definition.metric], alert_due_at(definition, after, now)))
    if after.complete and (before is None or not before.complete):
        events.append(Event(COMPLETED, now))
    return events


def alerts(definition: Definition, response: Response) -> bool:
    """Tell whether the response stands in the band that somebody must hear of."""
    return response.band == definition.bands.bad


def alert_due_at(definition: Definition, response: Response, now: datetime) -> datetime:
    """Return when an alert goes out.

    At once when the words are in or the person is gone, else when the settle time has passed
    since the score was first given.
    """
    if response.comment or response.complete or response.dismissed_at:
        return now
    scored_at = response.scored_at or now
    return max(now, scored_at + timedelta(seconds=definition.settle_s))


def still_true(event_type: str, definition: Definition, response: Response) -> bool:
    """Tell whether a due event still holds; a corrected score takes its alert back.

    A score taken back, or no longer believed to be a person's, takes everything back.
    """
    if response.unconfirmed is not None:
        return False
    if event_type == SCORED:
        return response.score is not None
    if event_type == COMPLETED:
        return response.complete
    if event_type in ALERTS.values():
        return event_type == ALERTS[definition.metric] and alerts(definition, response)
    return True
