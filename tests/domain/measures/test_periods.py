"""Periods in a project's time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.periods import (
    MAX_DAYS,
    STEPS,
    Period,
    Step,
    bounds,
    check_steps,
    day_of,
    days_of,
    period_of,
    start_of,
)

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Cairo",
         "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
periods = st.tuples(days, st.integers(0, 400)).map(lambda p: Period(p[0], p[0] + timedelta(p[1])))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 3, 30), "Europe/Berlin", 24),
        (date(2026, 4, 24), "Africa/Cairo", 23),  # midnight itself is skipped
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
        (date(2011, 12, 30), "Pacific/Apia", 0),  # the day that Samoa left out
    ],
)
def test_a_day_has_as_many_hours_as_its_clock_shows(day: date, zone: str, hours: float) -> None:
    start, end = bounds(Period(day, day), ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)


@given(seconds=st.integers(946_684_800, 1_900_000_000), zone=zones)
def test_every_instant_lies_on_exactly_one_day(seconds: int, zone: ZoneInfo) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    day = day_of(instant, zone)
    assert start_of(day, zone) <= instant < start_of(day + timedelta(days=1), zone)
    assert abs(day - instant.astimezone(zone).date()) <= timedelta(days=1)


@given(period=periods, by=st.sampled_from(STEPS))
def test_steps_are_the_period_cut_without_gap_or_overlap(period: Period, by: Step) -> None:
    steps = period.steps(by)
    assert [day for step in steps for day in days_of(step)] == list(days_of(period))
    for step in steps:
        assert step.whole(by).holds(step.first)
        assert step.whole(by).holds(step.last)
    assert all(step == step.whole(by) for step in steps[1:-1])


@given(period=periods)
def test_the_period_before_ends_where_it_begins(period: Period) -> None:
    before = period.before()
    assert before.last + timedelta(days=1) == period.first
    if not (period.first.day == 1 and (period.last + timedelta(days=1)).day == 1):
        assert before.days == period.days


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 1), date(2026, 3, 31), Period(date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 3, 2), date(2026, 3, 8), Period(date(2026, 2, 23), date(2026, 3, 1))),
    ],
)
def test_whole_months_are_compared_with_whole_months(
    first: date, last: date, before: Period
) -> None:
    assert Period(first, last).before() == before


def test_an_open_end_is_today_and_an_open_start_thirty_days_before() -> None:
    today = date(2026, 11, 24)
    assert period_of(None, None, today) == Period(date(2026, 10, 26), today)
    assert period_of(date(2026, 1, 1), None, today) == Period(date(2026, 1, 1), today)
    assert period_of(None, date(2026, 1, 30), today).first == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 2, 2), date(2026, 2, 1), "/from"),
        (date(1969, 12, 31), date(2026, 2, 1), "/from"),
        (date(2026, 2, 2), date(9999, 12, 31), "/to"),
        (date(2026, 1, 1) - timedelta(days=MAX_DAYS), date(2026, 1, 1), "/from"),
    ],
)
def test_an_impossible_period_is_refused_by_field(first: date, last: date, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        period_of(first, last, date(2026, 11, 24))
    assert refused.value.field == field


def test_a_smear_of_points_is_refused() -> None:
    decade = Period(date(2016, 1, 1), date(2025, 12, 31))
    check_steps(decade, "week")
    with pytest.raises(InvalidValue, match="use week or month"):
        check_steps(decade, "day")
