"""Times as staff read them: in the project's zone, short, with the full instant for machines."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from feedback_service.domain.measures.periods import Period

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> Markup:
    """Return a time element: `14:05` today, `24 Nov, 14:05` else, with the year when it differs."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    text = f"today {clock}" if local.date() == today else f"{day(local.date(), today)}, {clock}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M:%S %Z}",
        text,
    )


def day(one: date, today: date) -> str:
    """Return `24 Nov`, with its year when that is not this one."""
    short = f"{one.day} {_MONTHS[one.month - 1]}"
    return short if one.year == today.year else f"{short} {one.year}"


def span(period: Period, today: date) -> str:
    """Return `1 Nov to 24 Nov`."""
    if period.first == period.last:
        return day(period.first, today)
    return f"{day(period.first, today)} to {day(period.last, today)}"
