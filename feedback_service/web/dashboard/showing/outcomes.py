"""Outcomes as people read them: what was done, how sure that is, and bars to compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from feedback_service.domain.measures.outcomes import OutcomeKind
from feedback_service.usecases.outcomes.report import KindReport, Share
from feedback_service.web.dashboard.showing import times

TITLES: Final[dict[OutcomeKind, str]] = {
    "churned": "Left",
    "renewed": "Renewed",
    "complaint": "Complained",
    "return": "Sent something back",
    "refund": "Asked for a refund",
    "purchase": "Bought again",
    "review": "Wrote a review",
}
# From so many people on a share is shown, as with scores.
_SHOWN_FROM: Final = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """Places on a line in percent of its length."""

    rate: float
    low: float
    width: float


def is_shown(share: Share) -> bool:
    return share.rate.total >= _SHOWN_FROM


def percent(share: Share) -> str:
    if share.rate.percent is None or not is_shown(share):
        return "\N{EN DASH}"
    return f"{share.rate.percent:.1f} %"


def interval(share: Share) -> str:
    found = share.rate.interval
    if found is None or not is_shown(share):
        return "too few people"
    return f"{found.low:.1f} to {found.high:.1f}"


def worth(share: Share) -> str:
    """Return the value of one person; nothing of too few."""
    return "" if share.mean is None or not is_shown(share) else f"{share.mean:,.2f}"


def worth_interval(share: Share) -> str:
    found = share.mean_interval
    return "" if found is None else f"{found.low:,.2f} to {found.high:,.2f}"


def has_worth(found: KindReport) -> bool:
    return any(share.value for share in found.bands.values())


def bars(found: KindReport, groups: Mapping[str | None, Share]) -> dict[str | None, Bar]:
    """Return group -> bar of one table; all tables of a kind have one line, which begins at 0."""
    every = [*found.bands.values(), *found.touchpoints.values()]
    ends = [one.rate.interval.high for one in every if one.rate.interval and is_shown(one)]
    longest = max(ends, default=0) or 1
    return {
        name: Bar(
            100 * (one.rate.percent or 0) / longest,
            100 * one.rate.interval.low / longest,
            100 * (one.rate.interval.high - one.rate.interval.low) / longest,
        )
        for name, one in groups.items()
        if one.rate.interval is not None and is_shown(one)
    }


def headline(found: KindReport) -> str:
    """Return the finding as one sentence, or why there is none."""
    if found.sentence is not None:
        return found.sentence[0].upper() + found.sentence[1:]
    return "No comparison yet: it takes 10 people and a case in the best band and in the worst"


def day(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return times.day(at.astimezone(zone).date(), now.astimezone(zone).date())
