"""Periods: calendar days, weeks and months in a project's time zone, over instants in UTC."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from feedback_service.domain.errors import InvalidValue

Step = Literal["day", "week", "month"]
STEPS: Final[tuple[Step, ...]] = ("day", "week", "month")
ONE_DAY: Final = timedelta(days=1)
USUAL_DAYS: Final = 30
SHORTEST_MONTH: Final = 28
MAX_DAYS: Final = 3_660
# A line of more points than this is a smear; three years by day still fit.
MAX_POINTS: Final = 1_100
EARLIEST: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, first and last inside."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def before(self) -> "Period":
        """Return the period to compare with: whole months for whole months, else as many days."""
        last = self.first - ONE_DAY
        after = self.last + ONE_DAY
        if self.first.day == 1 and after.day == 1:
            months = 12 * (after.year - self.first.year) + after.month - self.first.month
            return Period(_months_earlier(self.first, months), last)
        return Period(self.first - timedelta(days=self.days), last)

    def steps(self, by: Step) -> list["Period"]:
        """Return its days, weeks (from Monday) or months, cut off at both its ends."""
        found: list[Period] = []
        first = self.first
        while first <= self.last:
            last = min(_last_of(first, by), self.last)
            found.append(Period(first, last))
            first = last + ONE_DAY
        return found

    def months(self) -> list["Period"]:
        """Return the calendar months that lie wholly inside."""
        if self.days < SHORTEST_MONTH:
            return []
        return [step for step in self.steps("month") if step == step.whole("month")]

    def whole(self, by: Step) -> "Period":
        """Return the day, week or month that its first day lies in."""
        if by == "month":
            first = self.first.replace(day=1)
        elif by == "week":
            first = self.first - timedelta(days=self.first.weekday())
        else:
            first = self.first
        return Period(first, _last_of(first, by))


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """Return the period somebody asks for; the 30 days up to `last`, or today, where it is open.

    Raises InvalidValue.
    """
    end = last or max(today, first or today)
    start = first or max(EARLIEST, end - timedelta(days=USUAL_DAYS - 1))
    for field, day in (("/from", start), ("/to", end)):
        if not EARLIEST <= day <= date(9000, 1, 1):
            raise InvalidValue("a period lies between the years 1970 and 9000", field)
    if start > end:
        raise InvalidValue(
            f"the period begins on {start}, after its end on {end}: "
            "swap them, or choose another day",
            "/from",
        )
    if (end - start).days >= MAX_DAYS:
        raise InvalidValue(f"a period has at most {MAX_DAYS} days", "/from")
    return Period(start, end)


def check_steps(period: Period, by: Step) -> None:
    """Raise InvalidValue when a trend would have too many points."""
    if by == "day" and period.days > MAX_POINTS:
        raise InvalidValue(
            f"{period.days} days are more than {MAX_POINTS} points: use week or month", "/by"
        )


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant a day begins: where midnight is skipped, the first instant after it."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def bounds(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from which instant until before which the period lasts."""
    return start_of(period.first, zone), start_of(period.last + ONE_DAY, zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day with start_of(day) <= instant < start_of(day + 1).

    That is the local date, but where clocks were set back over midnight: the day stays begun.
    """
    day = instant.astimezone(zone).date()
    while start_of(day + ONE_DAY, zone) <= instant:
        day += ONE_DAY
    return day


def days_of(period: Period) -> Iterator[date]:
    """Yield its days."""
    for number in range(period.days):
        yield period.first + timedelta(days=number)


def joined(periods: Iterable[Period]) -> list[Period]:
    """Return the same days in as few stretches as there can be.

    periods: disjoint and in order.
    """
    found: list[Period] = []
    for period in periods:
        if found and found[-1].last + ONE_DAY == period.first:
            found[-1] = Period(found[-1].first, period.last)
        else:
            found.append(period)
    return found


def _last_of(day: date, by: Step) -> date:
    if by == "day":
        return day
    if by == "week":
        return day + timedelta(days=6 - day.weekday())
    return _months_earlier(day.replace(day=1), -1) - ONE_DAY


def _months_earlier(first: date, months: int) -> date:
    """first: the first day of a month."""
    number = 12 * first.year + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
