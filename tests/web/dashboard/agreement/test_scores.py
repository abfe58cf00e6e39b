"""Two years of answers: pages, API, command and a recomputation from the export say the same."""

import re
from datetime import date, timedelta
from typing import Any, Final

import pytest

from feedback_service.demo.long_past.asked import TOPICS
from feedback_service.web.clock import now
from tests.cli.calling import called, printed
from tests.web.dashboard.agreement.asking import report
from tests.web.dashboard.agreement.recomputed import (
    Plain,
    Row,
    by_step,
    day_of,
    plain,
    released,
    shown,
)
from tests.web.dashboard.browsing import Visitor, words_of

pytestmark = pytest.mark.slow

HOME: Final = "/dashboard/p/demo-shop/"
# First and last day, in days before today.
PERIODS: Final = {"half a year": (190, 8), "a year and a half": (700, 150), "two months": (60, 0)}
NAMES: Final = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


@pytest.fixture(params=list(PERIODS))
def span(request: pytest.FixtureRequest) -> tuple[date, date]:
    today = now().date()
    first, last = PERIODS[request.param]
    return today - timedelta(days=first), today - timedelta(days=last)


def of(rows: list[Row], survey: str, span: tuple[date, date]) -> list[Row]:
    first, last = span
    mine = [row for row in rows if row["survey"] == survey]
    if survey == "team":
        return released(mine, first, last)
    return [row for row in mine if first <= day_of(row) <= last]


def is_same(reported: Any, expected: Plain) -> bool:
    """Tell whether the API's figure is the recomputed one, in full precision."""
    assert reported["n"] == expected.n
    assert reported["score"] == pytest.approx(expected.score, abs=1e-9)
    assert reported["interval"] == pytest.approx([expected.low, expected.high], abs=1e-9)
    assert {int(score): people for score, people in reported["distribution"].items() if people} == (
        dict(expected.scores)
    )
    assert reported["counts"] == dict(expected.bands)
    return True


def test_every_survey_says_the_same_everywhere(
    shop: dict[str, str], rows: list[Row], visitor: Visitor, span: tuple[date, date]
) -> None:
    first, last = span
    page = words_of(visitor.see(f"{HOME}?from={first}&to={last}"))
    told = 0
    for key in TOPICS:
        those = of(rows, key, span)
        if len(those) < 30:
            continue
        expected = plain(those)
        told += 1
        summary = report(visitor.client, shop, f"summary?survey={key}&from={first}&to={last}")
        assert is_same(summary["figures"][0], expected)
        command = printed(
            called(shop, "report", key, "--from", str(first), "--to", str(last), "--json")
        )
        assert command["summary"] == summary
        metric = summary["figures"][0]["definition"]["metric"]
        name = NAMES[metric] + (" of employees" if key == "team" else "")
        assert f"{key} {name} {expected.said(metric)}" in page
    assert told >= 4


def test_the_trend_says_the_same_everywhere(
    shop: dict[str, str], rows: list[Row], visitor: Visitor, span: tuple[date, date]
) -> None:
    first, last = span
    page = words_of(visitor.see(f"{HOME}?survey=csat&from={first}&to={last}"))
    found = re.search(r"CSAT by (day|week|month) csat", page)
    assert found is not None
    step = found.group(1)
    trend = report(visitor.client, shop, f"trend?survey=csat&from={first}&to={last}&by={step}")
    points = {point["from"]: point for point in trend["lines"][0]["points"]}
    steps = by_step(of(rows, "csat", span), step, first)
    assert sum(point["n"] for point in points.values()) == sum(map(len, steps.values()))
    for begin, those in steps.items():
        expected = plain(those)
        assert points[str(begin)]["n"] == expected.n
        if expected.n >= 10:
            assert points[str(begin)]["score"] == pytest.approx(expected.score, abs=1e-9)
            low, high = (shown("csat", end) for end in (expected.low, expected.high))
            part = "(part) " if f"{begin} (part)" in page else ""
            score = shown("csat", expected.score)
            assert f"{begin} {part}{score} {low} to {high} {expected.n:,}" in page


def test_channels_and_stages_say_the_same(
    shop: dict[str, str], rows: list[Row], visitor: Visitor, span: tuple[date, date]
) -> None:
    first, last = span
    mine = of(rows, "nps", span)
    split = report(
        visitor.client, shop, f"segments?survey=nps&from={first}&to={last}&segment=channel"
    )
    for segment in split["definitions"][0]["segments"]:
        those = [row for row in mine if row["channel"] == segment["value"]]
        assert segment["n"] == len(those)
        if len(those) >= 10:
            assert is_same(segment, plain(those))
    page = words_of(visitor.see(f"{HOME}journey?from={first}&to={last}"))
    for key, stage in (("find-ces", "Discovery"), ("csat", "Purchase"), ("delivery-csat", "Use")):
        expected = plain(of(rows, key, span))
        metric = key[-3:] if key != "csat" and key[-3:] == "ces" else "csat"
        if expected.n >= 30:
            assert f"{stage} {NAMES[metric]} {key} {expected.said(metric)}" in page
