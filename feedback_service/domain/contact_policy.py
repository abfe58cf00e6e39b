"""The contact policy: whether a person may be asked now, and if not, why and until when.

One rule for every channel. What counts is what people did: a survey they answered or declined.
Being sent or shown one does nothing by itself, because opening or ignoring a link is no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Final, Literal

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.scales import Metric

Reason = Literal[
    "unsubscribed",
    "already-answered",
    "answered-recently",
    "declined-recently",
    "asked-too-often",
]
REASONS: Final[tuple[Reason, ...]] = (
    "unsubscribed",
    "already-answered",
    "answered-recently",
    "declined-recently",
    "asked-too-often",
)

MAX_DAYS: Final = 730
MAX_CAP: Final = 100
# How surveys are called in a sentence to staff.
_NAMES: Final[Mapping[Metric, str]] = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """How long a person is left alone; 0 switches a rule off.

    after_answer_days, after_decline_days: per person and metric.
    cap: at most so many surveys answered or declined in cap_days, all metrics together.
    """

    # The two waits other tools settled on, and DOMAIN's: a declined survey may come back sooner.
    after_answer_days: int = 90
    after_decline_days: int = 30
    # One of each metric in a month; a fourth question in that time is one too many.
    cap: int = 3
    cap_days: int = 30

    def longest(self) -> timedelta:
        """Return how far back anything can matter."""
        cap_days = self.cap_days if self.cap else 0
        return timedelta(days=max(self.after_answer_days, self.after_decline_days, cap_days))

    def changed(self) -> dict[str, int]:
        """Return what differs from the defaults."""
        plain = asdict(ContactPolicy())
        return {name: days for name, days in asdict(self).items() if plain[name] != days}


@dataclass(frozen=True, slots=True)
class Contact:
    """A survey that reached a person: answered, else declined (closed without a score)."""

    metric: Metric
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a person may be asked.

    until: when they may be again; None when that is not known to end, or when they may be now.
    words: one sentence for staff.
    """

    reason: Reason | None
    until: datetime | None
    words: str

    @property
    def allowed(self) -> bool:
        return self.reason is None


ALLOWED: Final = Verdict(None, None, "this person may be asked now")


def verdict(
    policy: ContactPolicy,
    metric: Metric,
    contacts: Sequence[Contact],
    unsubscribed_at: datetime | None,
    now: datetime,
) -> Verdict:
    """Decide whether a person may be asked a survey of this metric.

    contacts: in any order; older ones than `policy.longest()` may be left out.
    Several rules may hold at once: the one that lasts longest is the reason, so `until` is when
    nothing stands in the way any more.
    """
    if unsubscribed_at is not None:
        return _unsubscribed(unsubscribed_at)
    found = [_after(policy, metric, contact) for contact in contacts if contact.metric == metric]
    capped = _capped(policy, contacts, now)
    standing = [
        one
        for one in (*found, capped)
        if one is not None and one.until is not None and one.until > now
    ]
    if not standing:
        return ALLOWED
    return max(standing, key=lambda one: (one.until, one.reason))


def already_answered(at: datetime) -> Verdict:
    """Refuse whoever has answered in a campaign, whose links take one answer from each person."""
    words = f"this person answered in this campaign on {_day(at)}; another needs another campaign"
    return Verdict("already-answered", None, words)


def policy_of(stored: Mapping[str, int] | None) -> ContactPolicy:
    """Return a policy from what differs from the defaults. Raises InvalidValue."""
    policy = ContactPolicy(**(stored or {}))
    for one in fields(policy):
        value, most = getattr(policy, one.name), MAX_CAP if one.name == "cap" else MAX_DAYS
        if not 0 <= value <= most:
            raise InvalidValue(f"{one.name} is from 0 (off) to {most}", f"/{one.name}")
    if policy.cap and not policy.cap_days:
        raise InvalidValue("a cap needs its days: set cap_days, or cap to 0", "/cap_days")
    return policy


def _unsubscribed(at: datetime) -> Verdict:
    return Verdict(
        "unsubscribed", None, f"this person unsubscribed on {_day(at)} and must not be asked"
    )


def _after(policy: ContactPolicy, metric: Metric, contact: Contact) -> Verdict | None:
    days = policy.after_answer_days if contact.answered else policy.after_decline_days
    if not days:
        return None
    until = contact.at + timedelta(days=days)
    did, deed = ("answered", "an answer") if contact.answered else ("declined", "a decline")
    return Verdict(
        "answered-recently" if contact.answered else "declined-recently",
        until,
        f"this person {did} {_with_article(metric)} survey on {_day(contact.at)}; "
        f"the next one may come {_counted(days, 'day')} after {deed}, on {_day(until)}",
    )


def _capped(policy: ContactPolicy, contacts: Sequence[Contact], now: datetime) -> Verdict | None:
    if not policy.cap:
        return None
    span = timedelta(days=policy.cap_days)
    lately = sorted((c.at for c in contacts if c.at + span > now), reverse=True)
    if len(lately) < policy.cap:
        return None
    until = lately[policy.cap - 1] + span
    return Verdict(
        "asked-too-often",
        until,
        f"this person answered or declined {_counted(len(lately), 'survey')} in the last "
        f"{_counted(policy.cap_days, 'day')}; at most {_counted(policy.cap, 'survey')} may come "
        f"in that time, so the next one on {_day(until)}",
    )


def _with_article(metric: Metric) -> str:
    return f"an {_NAMES[metric]}" if metric == "nps" else f"a {_NAMES[metric]}"


def _counted(many: int, noun: str) -> str:
    return f"1 {noun}" if many == 1 else f"{many} {noun}s"


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")
