"""Dimensions of many values: what is kept of them, what is counted from rows, what is refused."""

from datetime import timedelta

import pytest

from feedback_service.storage import schema
from feedback_service.storage.reports import packing, tallying
from feedback_service.usecases.service import Service
from tests.factories import make_survey, rows
from tests.storage.reports.answering import (
    EVER,
    START,
    add_answers,
    by_period,
    counted_by_hand,
    founded,
    reported,
    swept,
)


def test_a_day_with_too_many_values_is_counted_from_the_rows(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_VALUES", 100)
    survey = make_survey(service, founded(service))
    numbered = [{"at": START, "score": 9, "traits": {"order": f"{n}"}} for n in range(101)]
    many = [{"at": START, "score": 9, "traits": {f"t{n}": "a" for n in range(101)}}]
    for given_then in (numbered, many):
        add_answers(service, survey, given_then)
        swept(service, START + timedelta(days=2))
        for dimension in ("trait:order", "trait:t7", "trait:plan", "channel"):
            expected = counted_by_hand(service, [survey], dimension, EVER)
            assert reported(service, [survey], dimension, EVER) == expected


def test_a_month_keeps_many_values_where_answers_share_them_and_forgets_order_numbers(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "USUAL_VALUES", 10)
    survey = make_survey(service, founded(service))
    given = [
        {
            "at": START + timedelta(days=n // 50),
            "score": n % 11,
            "traits": {"order": f"{n}", "store": f"{n % 15}", "plan": f"{n % 3}"},
        }
        for n in range(200)
    ]
    add_answers(service, survey, given)
    swept(service, START + timedelta(days=40))

    def kept(name: str, span: str) -> list[bool]:
        found = rows(service, schema.report_counts, dimension=f"trait:{name}", span=span)
        return [row["counts"] is not None for row in found]

    # October has three of the four days, November the last.
    assert kept("plan", "month") == [True, True] == kept("store", "month")
    assert kept("plan", "day") == [True] * 4 == kept("store", "day")
    assert kept("order", "month") == [False, False]
    assert kept("order", "day") == [False] * 4
    for dimension in ("trait:order", "trait:store", "trait:plan"):
        expected = counted_by_hand(service, [survey], dimension, EVER)
        assert reported(service, [survey], dimension, EVER) == expected
        found = reported(service, [survey], dimension, EVER, by_day=False)
        assert found == by_period(expected, [EVER])


@pytest.mark.parametrize("is_swept", [True, False])
def test_more_values_than_can_be_told_apart_are_refused_from_counts_and_from_rows(
    service: Service, monkeypatch: pytest.MonkeyPatch, is_swept: bool
) -> None:
    monkeypatch.setattr(tallying, "MOST_TOLD_APART", 5)
    survey = make_survey(service, founded(service))
    add_answers(
        service,
        survey,
        [
            {"at": START, "score": 9, "traits": {"order": f"{n}", "five": f"{n % 5}"}}
            for n in range(6)
        ],
    )
    if is_swept:
        swept(service, START + timedelta(days=40))
    with pytest.raises(tallying.TooManyValues):
        reported(service, [survey], "trait:order", EVER)
    assert sum(reported(service, [survey], "trait:five", EVER).values()) == 6


def test_values_are_told_apart_once_however_many_days_and_kinds_of_counts_have_them(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallying, "MOST_TOLD_APART", 5)
    survey = make_survey(service, founded(service))
    # Few in October and many in November, so that lanes differ in width; the last ones as rows.
    days = ((START, 1), (START + timedelta(days=5), 20), (START + timedelta(days=60), 1))
    for at, people in days:
        given = [{"at": at, "score": 9, "traits": {"five": f"{n % 5}"}} for n in range(5 * people)]
        add_answers(service, survey, given)
    swept(service, START + timedelta(days=40))
    expected = counted_by_hand(service, [survey], "trait:five", EVER)
    found = reported(service, [survey], "trait:five", EVER, by_day=False)
    assert found == by_period(expected, [EVER])
