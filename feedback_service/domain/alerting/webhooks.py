"""Webhook targets: what they subscribe to and which responses they hear of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from feedback_service.domain.alerting.events import EVENT_TYPES
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Definition

WebhookStatus = Literal["active", "paused", "disabled"]
WEBHOOK_STATUSES: Final[tuple[WebhookStatus, ...]] = ("active", "paused", "disabled")

# Header names a customer may not set: ours, and those that would change where or how we send.
_REFUSED_HEADERS: Final = {
    *("host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive"),
    *("te", "trailer", "upgrade", "expect", "accept-encoding", "user-agent", "cookie", "date"),
    *("forwarded", "via"),
}
_REFUSED_PREFIXES: Final = ("webhook-", "x-forwarded-", "sec-", "proxy-")
MAX_HEADERS: Final = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """Which responses a webhook hears of; an empty tuple or None lets everything through.

    Different conditions must all hold; within one, any value does.
    traits: name -> accepted values.
    """

    survey: tuple[str, ...] = ()
    metric: tuple[str, ...] = ()
    band: tuple[str, ...] = ()
    score_min: int | None = None
    score_max: int | None = None
    touchpoint: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def admits(self, survey_key: str, definition: Definition, response: Response) -> bool:
        """Tell whether a response passes everything but the traits, which arrive later."""
        return (
            _among(survey_key, self.survey)
            and _among(definition.metric, self.metric)
            and _among(response.band, self.band)
            and _among(response.touchpoint, self.touchpoint)
            and _among(response.channel, self.channel)
            and self._admits_score(response.score)
        )

    def admits_traits(self, traits: Mapping[str, str]) -> bool:
        """Tell whether a person's traits pass; a trait the person lacks does not."""
        return all(traits.get(name) in accepted for name, accepted in self.traits.items())

    def _admits_score(self, score: int | None) -> bool:
        if self.score_min is None and self.score_max is None:
            return True
        if score is None:
            return False
        return (self.score_min is None or score >= self.score_min) and (
            self.score_max is None or score <= self.score_max
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret; the one before the last rotation is good until it expires."""

    text: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A place that is told.

    headers: sent along with every delivery. rate_per_minute: how many attempts it takes at most,
    None for as many as there are.
    """

    id: str
    project_id: int
    url: str
    events: tuple[str, ...]
    filter: Filter
    format: str
    status: WebhookStatus
    secrets: tuple[Secret, ...]
    headers: Mapping[str, str]
    template: Mapping[str, Any] | None
    description: str | None
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime
    rate_per_minute: int | None = None

    def signing_secrets(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets to sign with now, newest first."""
        return tuple(s.text for s in self.secrets if s.expires_at is None or s.expires_at > now)


def check_events(events: Sequence[str]) -> None:
    """Raise InvalidValue unless there are events and all of them exist."""
    if not events:
        raise InvalidValue(f"name at least one event: {', '.join(EVENT_TYPES)}", "/events")
    for position, event in enumerate(events):
        if event not in EVENT_TYPES:
            raise InvalidValue(
                f"no event {event!r}: use {', '.join(EVENT_TYPES)}", f"/events/{position}"
            )


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise InvalidValue for a header that could break or redirect a delivery."""
    if len(headers) > MAX_HEADERS:
        raise InvalidValue(f"at most {MAX_HEADERS} headers", "/headers")
    if len({name.lower() for name in headers}) < len(headers):
        raise InvalidValue("a header is given twice: names differ by case only", "/headers")
    for name, value in headers.items():
        lowered = name.lower()
        if lowered in _REFUSED_HEADERS or lowered.startswith(_REFUSED_PREFIXES):
            raise InvalidValue(f"header {name!r} is ours to set", f"/headers/{name}")
        if not name or not all(c.isascii() and (c.isalnum() or c == "-") for c in name):
            raise InvalidValue(
                f"header name {name!r} may have letters, digits and - only", f"/headers/{name}"
            )
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise InvalidValue(
                f"header {name!r} has a character we cannot send, or blanks at an end",
                f"/headers/{name}",
            )


def _among(value: str | None, accepted: Sequence[str]) -> bool:
    return not accepted or value in accepted
